import { isDeepStrictEqual } from 'node:util';
import type { Replication } from '../../formats/manifests/replication';
import type { Precondition } from '../../formats/state/manifests/manifest-folder';
import { assertReplication } from './add-replication';
import { assertExists } from '../assert-exists';
import { assertSameThing, type Replacing, unchangedSince } from '../edited-manifest';
import type { Installation } from '../installation';
import { record } from '../record';

/**
 * Lets a rule rest: no backup is restored by it until it is unpaused. Fine when it is already, and whatever is wrong with it.
 * Throws `not-found`.
 */
export async function pauseReplication(
  installation: Installation,
  name: string,
  allow?: Precondition<Replication>,
): Promise<Replication> {
  return setPaused(installation, name, true, allow);
}

/**
 * Lets a rule go on, with the newest backup there is. Fine when it was not paused. Throws `not-found` naming it, its vault or
 * a cluster, `invalid` as when it is made.
 */
export async function unpauseReplication(
  installation: Installation,
  name: string,
  allow?: Precondition<Replication>,
): Promise<Replication> {
  return setPaused(installation, name, false, allow);
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
  { dryRun = false, allow = unchangedSince(was) }: Replacing<Replication> = {},
): Promise<Replication | undefined> {
  const { replications } = installation.state;
  const edited = replications.check(manifest);
  assertSameThing(was, edited);
  if (isDeepStrictEqual(edited, was)) return undefined;
  allow(was);
  await assertReplication(installation, edited);
  if (dryRun) {
    await replications.assertAdmitted(edited, was);
    return edited;
  }
  const { name } = was.metadata;
  const saved = await replications.change(name, () => edited, allow);
  await record(installation, { action: 'change', what: 'replication', name });
  return saved;
}

/** What it created in its targets stays, with its labels. Throws `not-found`. */
export async function deleteReplication(
  installation: Installation,
  name: string,
  allow?: Precondition<Replication>,
): Promise<void> {
  await assertExists(installation.state.replications, name);
  await installation.state.replications.remove(name, allow);
  await record(installation, { action: 'delete', what: 'replication', name });
}

async function setPaused(
  installation: Installation,
  name: string,
  paused: boolean,
  allow?: Precondition<Replication>,
): Promise<Replication> {
  const saved = await installation.state.replications.change(
    name,
    async ({ spec, ...rest }) => {
      const wanted = { ...rest, spec: { ...spec, paused } };
      if (!paused) await assertReplication(installation, wanted);
      return wanted;
    },
    allow,
  );
  await record(installation, { action: paused ? 'pause' : 'unpause', what: 'replication', name });
  return saved;
}
