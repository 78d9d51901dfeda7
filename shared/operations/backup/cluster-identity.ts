import { askObject } from '../../platform/kubernetes/believe';
import type { KubeObject } from '../../platform/kubernetes/kube-object';
import type { Cluster } from '../../platform/kubernetes/port';
import { errorOfStatus, saysRefusedByRbac, statusOf } from '../../platform/kubernetes/status';

/** A cluster is the same as long as its kube-system namespace has the same uid. Empty when the credentials may not get it. */
export async function clusterIdentity(cluster: Cluster, signal: AbortSignal): Promise<string> {
  const path = '/api/v1/namespaces/kube-system';
  const response = await askObject(cluster, { method: 'GET', path, signal }, 'Namespace');
  const status = response.status === 200 ? undefined : statusOf(response);
  if (status && saysRefusedByRbac(status)) return '';
  if (status) throw errorOfStatus(status, `cluster "${cluster.name}": namespace kube-system`);
  const { metadata } = JSON.parse(response.body.toString('utf8')) as KubeObject;
  return metadata.uid ?? '';
}
