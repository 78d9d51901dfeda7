import { isDeepStrictEqual } from 'node:util';
import type { Replication } from '../../manifests/replication';
import { assertReplication } from './add-replication';
import { assertExists } from '../assert-exists';
import { assertSameThing, assertUnchanged } from '../edited-manifest';
import type { Installation } from '../installation';
import { record } from '../record';

/**
 * Lets a rule rest: no backup is restored by it until it is unpaused. Fine when it is already, and whatever is wrong with it.
 * Throws `not-found`.
 */
export async function pauseReplication(installation: Installation, name: string): Promise<Replication> {
  return setPaused(installation, name, true);
}

/**
 * Lets a rule go on, with the newest backup there is. Fine when it was not paused. Throws `not-found` naming it, its vault or
 * a cluster, `invalid` as when it is made.
 */
export async function unpauseReplication(installation: Installation, name: string): Promise<Replication> {
  return setPaused(installation, name, false);
}

/**
 * Puts an edited manifest in the place of a rule; undefined when it says the same. What the rule created so far keeps the
 * label of its source: given another source, it begins anew and deletes nothing of that.
 * @param was what was edited
 * @throws LifeboatError `invalid` naming the field or the loop; `conflict` when somebody else has changed the rule meanwhile
 */
export async function replaceReplication(
  installation: Installation,
  was: Replication,
  manifest: unknown,
): Promise<Replication | undefined> {
  const { replications } = installation.state;
  const edited = replications.check(manifest);
  assertSameThing(was, edited);
  if (isDeepStrictEqual(edited, was)) return undefined;
  await assertReplication(installation, edited);
  await assertUnchanged(replications, was);
  const saved = await replications.save(edited);
  await record(installation, { action: 'change', what: 'replication', name: was.metadata.name });
  return saved;
}

/** What it created in its targets stays, with its labels. Throws `not-found`. */
export async function deleteReplication(installation: Installation, name: string): Promise<void> {
  await assertExists(installation.state.replications, name);
  await installation.state.replications.remove(name);
  await record(installation, { action: 'delete', what: 'replication', name });
}

async function setPaused(installation: Installation, name: string, paused: boolean): Promise<Replication> {
  const { replications } = installation.state;
  const { spec, ...rest } = await replications.get(name);
  const wanted = { ...rest, spec: { ...spec, paused } };
  if (!paused) await assertReplication(installation, wanted);
  const saved = await replications.save(wanted);
  await record(installation, { action: paused ? 'pause' : 'unpause', what: 'replication', name });
  return saved;
}
