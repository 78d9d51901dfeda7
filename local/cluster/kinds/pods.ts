import type { Random } from '../../../shared/platform/clock';
import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import { type KindRule, specOf } from './kind-rule';
import { randomSuffix } from '../objects/object-names';
import { forbidden } from '../http/status-error';

interface Container {
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
}

interface PodSpec {
  serviceAccountName?: string;
  serviceAccount?: string;
  automountServiceAccountToken?: boolean;
  containers?: Container[];
  initContainers?: Container[];
  volumes?: Record<string, unknown>[];
  [field: string]: unknown;
}

const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount';
const pod = { group: '', resource: 'pods', kind: 'Pod' };

/** Pods: a service account that must exist, and the volume with its token. */
export function podRule(random: Random): KindRule {
  return {
    generation: true,
    initialStatus: () => ({ phase: 'Pending', qosClass: 'BestEffort' }),
    onCreate(object, storage) {
      const spec = specOf<PodSpec>(object);
      const name = spec.serviceAccountName || spec.serviceAccount || 'default';
      const account = storage.collection('serviceaccounts').get(`${object.metadata.namespace}/${name}`);
      if (!account) {
        throw forbidden(
          pod,
          object.metadata.name,
          `error looking up service account ${object.metadata.namespace}/${name}: serviceaccount "${name}" not found`,
        );
      }
      spec.serviceAccountName = name;
      spec.serviceAccount = name;
      spec.restartPolicy ??= 'Always';
      spec.terminationGracePeriodSeconds ??= 30;
      spec.dnsPolicy ??= 'ClusterFirst';
      spec.securityContext ??= {};
      spec.schedulerName ??= 'default-scheduler';
      spec.enableServiceLinks ??= true;
      if (spec.automountServiceAccountToken !== false) mountToken(object, random);
    },
  };
}

function mountToken(object: KubeObject, random: Random): void {
  const spec = object.spec as PodSpec;
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  const without = containers.filter(
    (container) => !container.volumeMounts?.some((mount) => mount.mountPath === tokenPath),
  );
  if (without.length === 0) return;
  const name = `kube-api-access-${randomSuffix(random, 5)}`;
  for (const container of without) {
    container.volumeMounts = [
      ...(container.volumeMounts ?? []),
      { name, readOnly: true, mountPath: tokenPath },
    ];
  }
  spec.volumes = [...(spec.volumes ?? []), tokenVolume(name)];
}

const tokenVolume = (name: string) => ({
  name,
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
    defaultMode: 420,
  },
});
