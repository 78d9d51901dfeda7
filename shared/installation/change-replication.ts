import type { Replication } from '../manifests/replication';
import type { Installation } from './installation';
import { record } from './record';

/** Lets a rule rest: no backup is restored by it until it is unpaused. Fine when it is already. Throws `not-found`. */
export async function pauseReplication(installation: Installation, name: string): Promise<Replication> {
  return setPaused(installation, name, true);
}

/** Lets a rule go on, with the newest backup there is. Fine when it was not paused. Throws `not-found`. */
export async function unpauseReplication(installation: Installation, name: string): Promise<Replication> {
  return setPaused(installation, name, false);
}

/** What it created in its targets stays, with its labels. Throws `not-found`. */
export async function deleteReplication(installation: Installation, name: string): Promise<void> {
  await installation.state.replications.get(name);
  await installation.state.replications.remove(name);
  await record(installation, { action: 'delete', what: 'replication', name });
}

async function setPaused(installation: Installation, name: string, paused: boolean): Promise<Replication> {
  const { replications } = installation.state;
  const { spec, ...rest } = await replications.get(name);
  const saved = await replications.save({ ...rest, spec: { ...spec, paused } });
  await record(installation, { action: paused ? 'pause' : 'unpause', what: 'replication', name });
  return saved;
}
