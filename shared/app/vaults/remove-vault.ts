import { LifeboatError, messageOf } from '../../platform/errors';
import { openRuns } from '../../formats/state/run/open-runs';
import { findRequest } from '../../formats/state/run/requests';
import { runWord } from '../../formats/state/run-keys';
import { assertExists } from '../assert-exists';
import type { Installation } from '../installation';
import { record } from '../record';
import { releaseVault } from './claim-vault';

/**
 * Forgets a vault, also one whose manifest cannot be read or whose bucket is gone; what lies in it stays as it is, but for this
 * installation's claim. Throws `not-found`, and `conflict` naming what still uses it: a schedule, a replication, a run under way.
 * @returns why the claim stays, where it does: then no other installation can add the vault without `--replace`
 */
export async function removeVault(installation: Installation, name: string): Promise<{ claimLeft?: string }> {
  const { state } = installation;
  await assertExists(state.vaults, name);
  const user = await userOf(installation, name);
  if (user !== undefined) {
    throw new LifeboatError('conflict', `vault "${name}" is in use: ${user}`, {
      hint: 'let it use another vault, delete it, or wait until it has ended',
    });
  }
  const claimLeft = await release(installation, name);
  await state.vaults.remove(name);
  await record(installation, { action: 'delete', what: 'vault', name });
  return { ...(claimLeft !== undefined && { claimLeft }) };
}

/** Before the vault is forgotten: who does it again after a failure ends the claim then. Answers why it stays. */
async function release(installation: Installation, name: string): Promise<string | undefined> {
  try {
    await releaseVault(installation, await installation.state.vaults.get(name));
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

async function userOf({ state }: Installation, vault: string): Promise<string | undefined> {
  const [schedules, replications] = await Promise.all([state.schedules.list(), state.replications.list()]);
  // What cannot be read may name it.
  for (const [word, { unreadable }] of [
    ['schedule', schedules],
    ['replication', replications],
  ] as const)
    if (unreadable[0]) return `${word} "${unreadable[0].name}" cannot be read, and may name it`;
  const schedule = schedules.items.find(
    ({ spec }) => spec.vault === vault || spec.copies?.includes(vault) === true,
  );
  if (schedule) return `schedule "${schedule.metadata.name}" names it`;
  const rule = replications.items.find(({ spec }) => spec.source.vault === vault);
  if (rule) return `replication "${rule.metadata.name}" names it`;
  for await (const run of openRuns(state.store)) {
    const what = `${runWord(run.kind)} ${run.name}`;
    try {
      const request = await findRequest(state.store, run);
      if (!request) continue;
      const source = request.kind === 'CopyRequest' ? request.from : undefined;
      if (request.vault === vault || source === vault) return `${what} is under way`;
    } catch (error) {
      return `${what} is under way, and may name it: ${messageOf(error)}`;
    }
  }
  return undefined;
}
