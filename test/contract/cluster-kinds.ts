import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Cases } from './cluster';

export const kindCases: Cases = (client) => {
  describe('kinds with a will of their own', () => {
    let ns: string;
    let apps: string;
    beforeAll(async () => {
      ns = await client().namespace('kinds');
      apps = ns.replace('/api/v1', '/apis/apps/v1');
    }, 60_000);

    const template = {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'example.com/web:1' }] },
    };

    it('give a service an address, and ports in their range', async () => {
      const { status, json } = await client().post(`${ns}/services`, {
        metadata: { name: 'open' },
        spec: { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80 }] },
      });

      expect(status).toBe(201);
      expect(json.spec.clusterIP).toMatch(/^10\.96\.\d+\.\d+$/);
      expect(json.spec.clusterIPs).toEqual([json.spec.clusterIP]);
      expect(json.spec.ports).toEqual([
        { port: 80, protocol: 'TCP', targetPort: 80, nodePort: expect.any(Number) },
      ]);
      expect(json.spec.ports[0].nodePort).toBeGreaterThanOrEqual(30000);
      expect(json.spec.ports[0].nodePort).toBeLessThanOrEqual(32767);
      expect(JSON.stringify(json.metadata.managedFields)).not.toContain('f:nodePort');
    });

    it('refuse a node port that is taken', async () => {
      const service = (name: string) => ({
        metadata: { name },
        spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 31234 }] },
      });
      const first = await client().post(`${ns}/services`, service('first'));
      const second = await client().post(`${ns}/services`, service('second'));

      expect(first.json.spec.ports[0].nodePort).toBe(31234);
      expect(JSON.stringify(first.json.metadata.managedFields)).toContain('f:nodePort');
      expect(second.status).toBe(422);
      expect(second.json.details.causes).toEqual([
        {
          reason: 'FieldValueInvalid',
          message: 'Invalid value: 31234: provided port is already allocated',
          field: 'spec.ports[0].nodePort',
        },
      ]);
    });

    it('refuse a cluster IP that is taken, keep one that is free, leave headless services without', async () => {
      const service = (name: string, clusterIP: string) => ({
        metadata: { name },
        spec: { clusterIP, ports: [{ port: 80 }] },
      });
      const free = await client().post(`${ns}/services`, service('free', '10.96.77.77'));
      const taken = await client().post(`${ns}/services`, service('taken', '10.96.77.77'));
      const headless = await client().post(`${ns}/services`, service('headless', 'None'));

      expect(free.json.spec.clusterIP).toBe('10.96.77.77');
      expect(taken.status).toBe(422);
      expect(taken.json.message).toContain('provided IP is already allocated');
      expect(headless.json.spec.clusterIP).toBe('None');
    });

    it('fold stringData into data, and refuse what is not base64', async () => {
      const folded = await client().post(`${ns}/secrets`, {
        metadata: { name: 'folded' },
        stringData: { a: 'b' },
      });
      const wrong = await client().post(`${ns}/secrets`, { metadata: { name: 'wrong' }, data: { a: '%' } });

      expect(folded.json).toMatchObject({ type: 'Opaque', data: { a: 'Yg==' } });
      expect(folded.json).not.toHaveProperty('stringData');
      expect(wrong.status).toBe(400);
    });

    it('hold to fields that cannot change', async () => {
      await client().post(`${ns}/configmaps`, {
        metadata: { name: 'fixed' },
        immutable: true,
        data: { a: '1' },
      });
      const map = await client().merge(`${ns}/configmaps/fixed`, { data: { a: '2' } });
      await client().post(`${ns}/secrets`, { metadata: { name: 'typed' }, type: 'example.com/one' });
      const type = await client().merge(`${ns}/secrets/typed`, { type: 'example.com/two' });
      const roles = ns.replace('/api/v1', '/apis/rbac.authorization.k8s.io/v1').concat('/rolebindings');
      const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
      await client().post(roles, { metadata: { name: 'bound' }, roleRef });
      const role = await client().merge(`${roles}/bound`, { roleRef: { ...roleRef, name: 'edit' } });
      await client().post(`${apps}/deployments`, {
        metadata: { name: 'fixed' },
        spec: { replicas: 0, selector: { matchLabels: { app: 'web' } }, template },
      });
      const selector = await client().merge(`${apps}/deployments/fixed`, {
        spec: {
          selector: { matchLabels: { extra: 'x' } },
          template: { metadata: { labels: { extra: 'x' } } },
        },
      });

      for (const each of [map, type, role, selector]) {
        expect(each.status).toBe(422);
        expect(each.json.reason).toBe('Invalid');
      }
      expect(selector.json.message).toContain('spec.selector');
      expect(selector.json.message).toContain('field is immutable');
    });

    it('refuse a pod whose service account is missing', async () => {
      const answer = await client().post(`${ns}/pods`, {
        metadata: { name: 'lost' },
        spec: { serviceAccountName: 'missing', containers: [{ name: 'a', image: 'b' }] },
      });

      expect(answer.status).toBe(403);
      expect(answer.json).toMatchObject({
        reason: 'Forbidden',
        message:
          'pods "lost" is forbidden: error looking up service account kinds/missing: serviceaccount "missing" not found',
      });
    });

    it('give a pod its service account and the volume with its token', async () => {
      const { json } = await client().post(`${ns}/pods`, {
        metadata: { name: 'plain' },
        spec: { containers: [{ name: 'a', image: 'b' }] },
      });

      expect(json.spec.serviceAccountName).toBe('default');
      expect(json.spec.containers[0].volumeMounts).toEqual([
        expect.objectContaining({
          mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
          readOnly: true,
        }),
      ]);
      expect(json.spec.volumes[0].name).toBe(json.spec.containers[0].volumeMounts[0].name);
      expect(json.status).toMatchObject({ phase: 'Pending' });
    });

    it('make ReplicaSets and pods of a Deployment, each owned by the one above', async () => {
      const shop = { ...template, metadata: { labels: { app: 'shop' } } };
      const deployment = await client().post(`${apps}/deployments`, {
        metadata: { name: 'web' },
        spec: { replicas: 2, selector: { matchLabels: { app: 'shop' } }, template: shop },
      });
      const find = (path: string, kind: string) => async () => {
        const answer = await client().until(path, ({ json }) =>
          json.items.some((each: Owned) => each.metadata.ownerReferences?.[0]?.kind === kind),
        );
        return answer.json.items.filter((each: Owned) => each.metadata.ownerReferences?.[0]?.kind === kind);
      };
      const sets = await find(`${apps}/replicasets?labelSelector=app%3Dshop`, 'Deployment')();
      const set = sets.find((each: Owned) => each.metadata.name.startsWith('web-'));
      const pods = await client().until(
        `${ns}/pods?labelSelector=app%3Dshop`,
        ({ json }) => json.items.length >= 2,
      );

      expect(set.metadata.ownerReferences).toEqual([
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: 'web',
          uid: deployment.json.metadata.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ]);
      expect(set.metadata.labels['pod-template-hash']).toBe(set.metadata.name.slice('web-'.length));
      expect(pods.json.items).toHaveLength(2);
      for (const pod of pods.json.items) {
        expect(pod.metadata.ownerReferences[0].uid).toBe(set.metadata.uid);
        expect(pod.metadata.generateName).toBe(`${set.metadata.name}-`);
      }

      await client().delete(`${apps}/deployments/web`, { propagationPolicy: 'Background' });
      const left = await client().until(
        `${ns}/pods?labelSelector=app%3Dshop`,
        ({ json }) => json.items.filter((each: Owned) => !each.metadata.deletionTimestamp).length === 0,
        30,
      );
      expect(left.json.items.filter((each: Owned) => !each.metadata.deletionTimestamp)).toEqual([]);
    }, 60_000);

    it('show and take replicas through the scale of a workload', async () => {
      const path = `${apps}/deployments/scaled`;
      await client().post(`${apps}/deployments`, {
        metadata: { name: 'scaled' },
        spec: {
          replicas: 2,
          selector: { matchLabels: { app: 'scaled' } },
          template: { ...template, metadata: { labels: { app: 'scaled' } } },
        },
      });
      const scale = await client().get(`${path}/scale`);
      const patched = await client().merge(`${path}/scale`, { spec: { replicas: 1 } });
      const none = await client().merge(`${path}/scale`, { spec: { replicas: 0 } });

      expect(scale.json).toMatchObject({
        kind: 'Scale',
        apiVersion: 'autoscaling/v1',
        metadata: { name: 'scaled', namespace: 'kinds' },
        spec: { replicas: 2 },
        status: { selector: 'app=scaled' },
      });
      expect(patched.json).toMatchObject({ kind: 'Scale', spec: { replicas: 1 } });
      expect(none.json.spec).toEqual({});
      const deployment = await client().get(path);
      expect(deployment.json).toMatchObject({ metadata: { generation: 3 }, spec: { replicas: 0 } });
      await client().delete(path);
    });

    it('tell an administrator that everything is allowed', async () => {
      const { status, json } = await client().post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
        spec: { resourceAttributes: { namespace: 'kinds', verb: 'list', resource: 'secrets' } },
      });

      expect(status).toBe(201);
      expect(json).toMatchObject({ kind: 'SelfSubjectAccessReview', status: { allowed: true } });
    });

    it('make claims and the first pod of a StatefulSet', async () => {
      await client().post(`${apps}/statefulsets`, {
        metadata: { name: 'db' },
        spec: {
          serviceName: 'db',
          replicas: 1,
          selector: { matchLabels: { app: 'db' } },
          template: { ...template, metadata: { labels: { app: 'db' } } },
          volumeClaimTemplates: [
            {
              metadata: { name: 'data' },
              spec: {
                accessModes: ['ReadWriteOnce'],
                resources: { requests: { storage: '1Gi' } },
                storageClassName: 'none-such',
              },
            },
          ],
        },
      });
      const claim = await client().until(
        `${ns}/persistentvolumeclaims/data-db-0`,
        ({ status }) => status === 200,
      );
      const pod = await client().until(`${ns}/pods/db-0`, ({ status }) => status === 200);

      expect(claim.json.status.phase).toBe('Pending');
      expect(claim.json.metadata.finalizers).toEqual(['kubernetes.io/pvc-protection']);
      expect(pod.json.spec.volumes).toEqual(
        expect.arrayContaining([{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }]),
      );
      expect(pod.json.metadata.labels['statefulset.kubernetes.io/pod-name']).toBe('db-0');
      await client().merge(`${apps}/statefulsets/db`, { spec: { replicas: 0 } });
    }, 60_000);

    it('bind a claim to the volume that is kept for it, and release the volume after it', async () => {
      const volume = (claimRef: object) => ({
        metadata: { name: 'kept-volume' },
        spec: {
          accessModes: ['ReadWriteOnce'],
          capacity: { storage: '1Gi' },
          persistentVolumeReclaimPolicy: 'Retain',
          storageClassName: 'by-hand',
          hostPath: { path: '/contract' },
          claimRef,
        },
      });
      const claim = {
        metadata: { name: 'kept' },
        spec: {
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '1Gi' } },
          storageClassName: 'by-hand',
          volumeName: 'kept-volume',
        },
      };
      const bound = ({ json }: { json: { status?: { phase?: string } } }) => json.status?.phase === 'Bound';
      await client().post('/api/v1/persistentvolumes', volume({ namespace: 'kinds', name: 'kept' }));
      await client().post(`${ns}/persistentvolumeclaims`, claim);
      const first = await client().until(`${ns}/persistentvolumeclaims/kept`, bound, 30);
      expect(first.json.status.phase).toBe('Bound');
      expect(first.json.metadata.annotations['pv.kubernetes.io/bind-completed']).toBe('yes');

      await client().delete(`${ns}/persistentvolumeclaims/kept`);
      const path = '/api/v1/persistentvolumes/kept-volume';
      const released = await client().until(path, ({ json }) => json.status?.phase === 'Released', 30);
      expect(released.json.status.phase).toBe('Released');
      expect(released.json.spec.claimRef.uid).toBe(first.json.metadata.uid);

      // Taking the dead claim's uid off frees the volume for a new claim of the same name.
      await client().merge(path, { spec: { claimRef: { uid: null, resourceVersion: null } } });
      await client().post(`${ns}/persistentvolumeclaims`, claim);
      const again = await client().until(`${ns}/persistentvolumeclaims/kept`, bound, 30);
      expect(again.json.status.phase).toBe('Bound');
      await client().delete(`${ns}/persistentvolumeclaims/kept`);
      await client().delete(path);
    }, 120_000);

    it('call a claim Lost whose volume belongs to another', async () => {
      await client().post('/api/v1/persistentvolumes', {
        metadata: { name: 'taken-volume' },
        spec: {
          accessModes: ['ReadWriteOnce'],
          capacity: { storage: '1Gi' },
          persistentVolumeReclaimPolicy: 'Retain',
          storageClassName: 'by-hand',
          hostPath: { path: '/contract' },
          claimRef: {
            namespace: 'kinds',
            name: 'late',
            uid: '11111111-1111-4111-8111-111111111111',
          },
        },
      });
      await client().until(
        '/api/v1/persistentvolumes/taken-volume',
        ({ json }) => json.status?.phase === 'Released',
      );
      await client().post(`${ns}/persistentvolumeclaims`, {
        metadata: {
          name: 'late',
          annotations: { 'pv.kubernetes.io/bind-completed': 'yes' },
        },
        spec: {
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '1Gi' } },
          storageClassName: 'by-hand',
          volumeName: 'taken-volume',
        },
      });
      const lost = await client().until(
        `${ns}/persistentvolumeclaims/late`,
        ({ json }) => json.status?.phase === 'Lost',
        30,
      );

      expect(lost.json.status.phase).toBe('Lost');
      await client().delete(`${ns}/persistentvolumeclaims/late`);
      await client().delete('/api/v1/persistentvolumes/taken-volume');
    }, 60_000);

    it('show one event in both groups', async () => {
      const core = await client().post(`${ns}/events`, {
        metadata: { name: 'happened' },
        involvedObject: { namespace: 'kinds', kind: 'Pod', name: 'plain' },
        message: 'it did',
        reason: 'Happened',
        type: 'Normal',
      });
      const other = await client().get('/apis/events.k8s.io/v1/namespaces/kinds/events/happened');

      expect(other.json.metadata.uid).toBe(core.json.metadata.uid);
      expect(other.json).toMatchObject({ regarding: { name: 'plain' }, note: 'it did' });
    });
  });
};

interface Owned {
  metadata: {
    name: string;
    deletionTimestamp?: string;
    ownerReferences?: { kind: string }[];
  };
}
