import { beforeAll, describe, expect, it } from '@jest/globals';
import type { RawAnswer } from './cluster-client';
import type { Cases } from './cluster';

const tokenType = 'kubernetes.io/service-account-token';
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const roleRef = (kind: string, name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name });

export const accessCases: Cases = (client) => {
  describe('service accounts', () => {
    let ns: string;
    beforeAll(async () => {
      ns = await client().namespace('access');
    }, 60_000);

    const tokenSecret = (name: string, account: string) => ({
      metadata: { name, annotations: { 'kubernetes.io/service-account.name': account } },
      type: tokenType,
    });
    const gone = ({ status }: RawAnswer) => status === 404;

    /** A new account of the namespace, and a token of a Secret for it. */
    async function account(name: string): Promise<{ uid: string; token: string }> {
      const { json } = await client().post(`${ns}/serviceaccounts`, { metadata: { name } });
      await client().post(`${ns}/secrets`, tokenSecret(`${name}-token`, name));
      const filled = await client().until(
        `${ns}/secrets/${name}-token`,
        (answer) => answer.json.data?.token !== undefined,
      );
      return {
        uid: json.metadata.uid,
        token: Buffer.from(filled.json.data.token, 'base64').toString('utf8'),
      };
    }

    it('get a token by a Secret that asks for one', async () => {
      const { uid } = await account('asking');
      const { json } = await client().get(`${ns}/secrets/asking-token`);

      expect(Object.keys(json.data).sort()).toEqual(['ca.crt', 'namespace', 'token']);
      expect(json.metadata.annotations['kubernetes.io/service-account.uid']).toBe(uid);
    });

    it('lose their tokens when they go, and have none before they come', async () => {
      await account('leaving');
      await client().post(`${ns}/secrets`, tokenSecret('of-nobody', 'nobody'));
      await client().delete(`${ns}/serviceaccounts/leaving`);

      expect((await client().until(`${ns}/secrets/leaving-token`, gone)).status).toBe(404);
      expect((await client().until(`${ns}/secrets/of-nobody`, gone)).status).toBe(404);
    });

    it('take no token of an account with another uid', async () => {
      const { metadata, ...rest } = tokenSecret('of-another', 'default');
      const uid = { 'kubernetes.io/service-account.uid': '11111111-1111-4111-8111-111111111111' };
      await client().post(`${ns}/secrets`, {
        ...rest,
        metadata: { ...metadata, annotations: { ...metadata.annotations, ...uid } },
      });

      expect((await client().until(`${ns}/secrets/of-another`, gone)).status).toBe(404);
    });

    it('are named by every Secret with a token', async () => {
      const { status, json } = await client().post(`${ns}/secrets`, {
        metadata: { name: 'nameless' },
        type: tokenType,
      });

      expect(status).toBe(422);
      expect(json.details.causes[0]).toMatchObject({
        reason: 'FieldValueRequired',
        field: 'metadata.annotations[kubernetes.io/service-account.name]',
      });
    });

    it('may look around and ask about themselves, and nothing else before a role is bound to them', async () => {
      const { token } = await account('stranger');
      const discovery = await client().get('/apis/apps/v1', { token });
      const list = await client().get(`${ns}/configmaps`, { token });
      const get = await client().get('/apis/rbac.authorization.k8s.io/v1/clusterroles/x', { token });
      const own = await client().get(ns, { token });
      const path = await client().get('/metrics', { token });

      expect(discovery.json.kind).toBe('APIResourceList');
      const user = 'User "system:serviceaccount:access:stranger"';
      expect(list.status).toBe(403);
      expect(list.json).toMatchObject({
        reason: 'Forbidden',
        message: `configmaps is forbidden: ${user} cannot list resource "configmaps" in API group "" in the namespace "access"`,
        details: { kind: 'configmaps' },
      });
      expect(get.json.message).toBe(
        `clusterroles.rbac.authorization.k8s.io "x" is forbidden: ${user} cannot get resource "clusterroles" in API group "rbac.authorization.k8s.io" at the cluster scope`,
      );
      expect(own.json.message).toBe(
        `namespaces "access" is forbidden: ${user} cannot get resource "namespaces" in API group "" in the namespace "access"`,
      );
      expect(path.json.message).toBe(`forbidden: ${user} cannot get path "/metrics"`);
    });

    it('may what roles that are bound to them allow, where they are bound', async () => {
      const { token } = await account('reader');
      const inside = ns.replace('/api/v1', rbac);
      const subject = { kind: 'ServiceAccount', name: 'reader', namespace: 'access' };
      await client().post(`${inside}/roles`, {
        metadata: { name: 'reader' },
        rules: [
          { apiGroups: [''], resources: ['configmaps'], verbs: ['list', 'create'] },
          { apiGroups: [''], resources: ['secrets'], resourceNames: ['reader-token'], verbs: ['get'] },
        ],
      });
      await client().post(`${inside}/rolebindings`, {
        metadata: { name: 'reader' },
        roleRef: roleRef('Role', 'reader'),
        subjects: [subject],
      });
      await client().post(`${rbac}/clusterroles`, {
        metadata: { name: 'access-nodes' },
        rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['list'] }],
      });
      await client().post(`${rbac}/clusterrolebindings`, {
        metadata: { name: 'access-nodes' },
        roleRef: roleRef('ClusterRole', 'access-nodes'),
        subjects: [{ kind: 'Group', name: 'system:serviceaccounts:access' }],
      });
      const found = ({ status }: RawAnswer) => status === 200;
      await client().until('/api/v1/nodes', found, 15, { token });
      await client().until(`${ns}/configmaps`, found, 15, { token });
      const statuses: Record<string, number> = {};
      for (const path of [
        '/api/v1/nodes',
        `${ns}/configmaps`,
        `${ns}/secrets/reader-token`,
        `${ns}/configmaps/any`,
        `${ns}/secrets`,
        `${ns}/secrets/other`,
        '/api/v1/configmaps',
        '/api/v1/namespaces/default/configmaps',
        `${ns}/configmaps?watch=true`,
      ]) {
        statuses[path] = (await client().get(path, { token })).status;
      }
      const made = await client().post(`${ns}/configmaps`, { metadata: { name: 'made' } }, { token });

      expect(statuses).toEqual({
        '/api/v1/nodes': 200,
        [`${ns}/configmaps`]: 200,
        [`${ns}/secrets/reader-token`]: 200,
        [`${ns}/configmaps/any`]: 403,
        [`${ns}/secrets`]: 403,
        [`${ns}/secrets/other`]: 403,
        '/api/v1/configmaps': 403,
        '/api/v1/namespaces/default/configmaps': 403,
        [`${ns}/configmaps?watch=true`]: 403,
      });
      expect(made.status).toBe(201);
    }, 60_000);

    it('are told what they may', async () => {
      const { token } = await account('asker');
      const may = async (resourceAttributes: object) =>
        (
          await client().post(
            '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
            { spec: { resourceAttributes } },
            { token },
          )
        ).json.status.allowed;
      await client().post(`${ns.replace('/api/v1', rbac)}/rolebindings`, {
        metadata: { name: 'asker' },
        roleRef: roleRef('ClusterRole', 'cluster-admin'),
        subjects: [{ kind: 'User', name: 'system:serviceaccount:access:asker' }],
      });
      await client().until(`${ns}/pods`, ({ status }) => status === 200, 15, { token });
      const rules = await client().post(
        '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
        { spec: { namespace: 'access' } },
        { token },
      );

      expect(await may({ verb: 'list', resource: 'pods', namespace: 'access' })).toBe(true);
      expect(await may({ verb: 'list', resource: 'pods', namespace: 'default' })).toBe(false);
      expect(await may({ verb: 'list', resource: 'pods' })).toBe(false);
      expect(rules.status).toBe(201);
      expect(rules.json.status.resourceRules).toContainEqual({
        verbs: ['*'],
        apiGroups: ['*'],
        resources: ['*'],
      });
    });
  });
};
