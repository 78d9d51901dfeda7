import type { TestItem } from '../../shared/operations/restore/restore-rig';

const pod = { containers: [{ name: 'a', image: 'a' }] };
const selector = { matchLabels: { app: 'web' } };

/** A reference to the controller of an object of `controlled`. */
export const controllerOf = (apiVersion: string, kind: string, name: string) => ({
  apiVersion,
  kind,
  name,
  uid: `uid-${name}`,
  controller: true,
});

/** An object of a workload as a backup has it, with the uid `uid-<name>`. */
export function workload(
  [groupResource, apiVersion, kind]: [string, string, string],
  [namespace, name]: [string, string],
  { owner, spec, ...more }: { owner?: object; spec: object; annotations?: Record<string, string> },
): TestItem {
  return {
    groupResource,
    object: {
      apiVersion,
      kind,
      metadata: {
        name,
        namespace,
        uid: `uid-${name}`,
        labels: { app: 'web' },
        ...(owner && { ownerReferences: [owner] }),
        ...more,
      },
      spec,
    },
  };
}

/** The spec of a Deployment or ReplicaSet of one image. */
export const replicated = (image: string, replicas = 1) => ({
  replicas,
  selector,
  template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'a', image }] } },
});

/** The spec of a Job. */
export const once = { template: { spec: { ...pod, restartPolicy: 'Never' } } };

/** The spec of a bare pod. */
export const running = pod;
