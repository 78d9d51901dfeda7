import { LifeboatError } from '../../errors';
import type { ClusterManifest } from '../../manifests/cluster';
import type { Installation } from '../installation';
import { record } from '../record';

/**
 * What still needs a cluster: `schedule "nightly"`, `replication "standby"`. Schedules that select it by its labels do
 * without it, and are not among them.
 */
export async function usersOfCluster({ state }: Installation, name: string): Promise<string[]> {
  const [schedules, replications] = await Promise.all([state.schedules.list(), state.replications.list()]);
  return [
    ...schedules.items
      .filter(({ spec }) => spec.clusters?.includes(name))
      .map(({ metadata }) => `schedule "${metadata.name}"`),
    ...replications.items
      .filter(({ spec }) => spec.source.cluster === name || spec.targets.includes(name))
      .map(({ metadata }) => `replication "${metadata.name}"`),
  ];
}

/**
 * Forgets a cluster and its credentials. Its backups stay in their vaults. Throws `not-found`, `conflict` while schedules or
 * replications name it.
 */
export async function deleteCluster(installation: Installation, name: string): Promise<ClusterManifest> {
  const { clusters } = installation.state;
  const cluster = await clusters.get(name);
  const users = await usersOfCluster(installation, name);
  if (users.length > 0) {
    throw new LifeboatError('conflict', `cluster "${name}" is named by ${users.join(', ')}`, {
      hint: 'take it out of them first, or delete them',
    });
  }
  await clusters.remove(name);
  await record(installation, { action: 'delete', what: 'cluster', name });
  return cluster;
}
