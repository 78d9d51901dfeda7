import { LifeboatError } from '../../platform/errors';
import { openRuns } from '../../formats/state/run/open-runs';
import { findRequest } from '../../formats/state/run/requests';
import { runWord } from '../../formats/state/run-keys';
import { assertExists } from '../assert-exists';
import type { Installation } from '../installation';
import { record } from '../record';

/**
 * What still needs a cluster: `schedule "nightly"`, `replication "standby"`, `backup shop-1 (under way)`. What cannot be read may name it.
 * Schedules that select it by its labels do without it, and are not among them.
 */
export async function usersOfCluster({ state }: Installation, name: string): Promise<string[]> {
  const [schedules, replications] = await Promise.all([state.schedules.list(), state.replications.list()]);
  const unreadable = (word: string, list: readonly { name: string }[]) =>
    list.map((one) => `${word} "${one.name}" (cannot be read, and may name it)`);
  return [
    ...unreadable('schedule', schedules.unreadable),
    ...unreadable('replication', replications.unreadable),
    ...schedules.items
      .filter(({ spec }) => spec.clusters?.includes(name))
      .map(({ metadata }) => `schedule "${metadata.name}"`),
    ...replications.items
      .filter(({ spec }) => spec.source.cluster === name || spec.targets.includes(name))
      .map(({ metadata }) => `replication "${metadata.name}"`),
    ...(await runsOfCluster(state, name)),
  ];
}

async function runsOfCluster({ store }: Installation['state'], cluster: string): Promise<string[]> {
  const runs: string[] = [];
  for await (const run of openRuns(store)) {
    const request = await findRequest(store, run).catch(() => undefined);
    if (request && 'cluster' in request && request.cluster === cluster)
      runs.push(`${runWord(run.kind)} ${run.name} (under way)`);
  }
  return runs;
}

/**
 * Forgets a cluster and its credentials, also one whose manifest cannot be read. Its backups stay in their vaults. Throws `not-found`, `conflict` while schedules, replications or runs name it.
 */
export async function deleteCluster(installation: Installation, name: string): Promise<void> {
  const { clusters } = installation.state;
  await assertExists(clusters, name);
  const users = await usersOfCluster(installation, name);
  if (users.length > 0) {
    throw new LifeboatError('conflict', `cluster "${name}" is named by ${users.join(', ')}`, {
      hint: 'take it out of them or delete them first; end what is under way with `lifeboat run cancel`',
    });
  }
  await clusters.remove(name);
  await record(installation, { action: 'delete', what: 'cluster', name });
}
