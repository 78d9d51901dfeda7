import { LifeboatError } from '../errors';
import { askObject } from './believe';
import type { KubeObject } from './kube-object';
import type { ApiRequest, Cluster, ExecCluster } from './port';
import { discover } from './discovery';
import { errorOfStatus, failsForAll, isUnknownUser, NotLetIn, saysRefusedByRbac, statusOf } from './status';

/**
 * A connection that makes sure, before its first request is sent, that the cluster is the one that was registered. Every
 * request throws LifeboatError `denied` when another one is behind the address. Credentials that may not read the
 * kube-system namespace cannot tell, and pass.
 * @param uid of the kube-system namespace of the registered cluster; undefined where it is not known
 */
export function provenCluster(cluster: ExecCluster, uid: string | undefined): ExecCluster {
  if (uid === undefined) return cluster;
  let proof: Promise<boolean> | undefined;
  async function proveFirst(asked: Pick<ApiRequest, 'signal' | 'attempts'>): Promise<void> {
    proof ??= prove(cluster, uid!, asked).catch((error: unknown) => {
      if (!(error instanceof LifeboatError) || error.kind !== 'denied') proof = undefined;
      throw error;
    });
    // What nobody answered, or who was not let in, proves nothing.
    if (!(await proof)) proof = undefined;
  }
  const proven: ExecCluster = {
    name: cluster.name,
    server: cluster.server,
    tokenNamespace: cluster.tokenNamespace,
    async request(request) {
      await proveFirst(request);
      return cluster.request(request);
    },
    async exec(command) {
      await proveFirst({ signal: command.signal });
      return cluster.exec(command);
    },
    discover: (options) => discover(proven, options),
    close: () => cluster.close(),
  };
  return proven;
}

/** False for credentials that the API server does not know: their own request says it. */
async function prove(
  cluster: Cluster,
  uid: string,
  { signal, attempts }: Pick<ApiRequest, 'signal' | 'attempts'>,
): Promise<boolean> {
  const path = '/api/v1/namespaces/kube-system';
  const response = await askObject(cluster, { method: 'GET', path, signal, attempts }, 'Namespace');
  if (response.status !== 200) {
    const status = statusOf(response);
    if (isUnknownUser(status)) return false;
    if (failsForAll(status) || (status.code === 403 && !saysRefusedByRbac(status)))
      throw errorOfStatus(status, `cluster "${cluster.name}": namespace kube-system`);
    return true;
  }
  const found = (JSON.parse(response.body.toString('utf8')) as KubeObject).metadata.uid;
  if (found === uid) return true;
  throw new NotLetIn(
    `cluster "${cluster.name}": another cluster (${found}) is behind ${cluster.server} than the one that was registered (${uid})`,
    'register it under a name of its own with `lifeboat cluster add`; if this one has moved, give its address with `lifeboat cluster update --kubeconfig`',
  );
}
