import { messageOf } from '../../platform/errors';
import type { RunRequest } from '../../formats/manifests/run';
import type { Schedule } from '../../formats/manifests/schedule';
import { markedBackups } from '../../formats/state/backup-marks';
import {
  type DeletionRequest,
  findDeletion,
  type PendingDeletion,
  pendingDeletions,
} from '../../formats/state/deletions';
import type { ManifestList } from '../../formats/state/manifests/manifest-reader';
import { openRuns } from '../../formats/state/run/open-runs';
import { findRequest } from '../../formats/state/run/requests';
import { runWord } from '../../formats/state/run-keys';
import type { ObjectStore } from '../../platform/oss/port';
import type { Rules } from './judged-backup';
import type { Circumstances } from './verdict';

/**
 * What the state says about the backups of one vault. Costs five listings, and a GET for each open restore and each deletion
 * that was decided and hides nothing yet.
 */
export async function readCircumstances(
  state: ObjectStore,
  vaultName: string,
  schedules: ManifestList<Schedule>,
): Promise<Omit<Circumstances, 'now'> & { pending: Map<string, PendingDeletion> }> {
  const pending = await pendingDeletions(state, vaultName);
  const { inUse, blocked } = await backupsInUse(state, vaultName);
  const unfinished = new Set<string>();
  for await (const { name } of openRuns(state, 'backups')) unfinished.add(name);
  return {
    schedules: rulesBySchedule(schedules),
    held: await markedBackups(state, 'holds', vaultName),
    accepted: await markedBackups(state, 'accepted', vaultName),
    inUse,
    unfinished,
    pending,
    deletions: await decidedDeletions(state, vaultName, pending.values()),
    ...(blocked !== undefined && { blocked }),
  };
}

/** By backup, those that still hide nothing. One that cannot be read is left out: whoever carries it out reports it. */
export async function decidedDeletions(
  state: ObjectStore,
  vault: string,
  pending: Iterable<PendingDeletion>,
): Promise<Map<string, DeletionRequest>> {
  const decided = new Map<string, DeletionRequest>();
  for (const { backup, requested, hiddenSince } of pending) {
    if (!requested || hiddenSince) continue;
    const request = await findDeletion(state, { vault, backup }).catch(() => undefined);
    if (request) decided.set(backup, request);
  }
  return decided;
}

function rulesBySchedule({ items, unreadable }: ManifestList<Schedule>): Circumstances['schedules'] {
  const bySchedule = new Map<string, Rules | 'none' | 'unreadable'>();
  for (const { metadata, spec } of items) {
    const { retention, timeZone } = spec;
    bySchedule.set(metadata.name, retention ? { retention, timeZone } : 'none');
  }
  for (const { name } of unreadable) bySchedule.set(name, 'unreadable');
  return bySchedule;
}

/** Requests of runs by the kind and the name of the run. */
export type ReadRequests = Map<string, RunRequest>;

/**
 * The backups of a vault that open restores, plans of restores and copies read. One whose request cannot be read, or has not been written yet, may name
 * any of them. Costs a listing, and a request for each open run that is not in `read`.
 * @param read takes the requests that are read
 */
export async function backupsInUse(
  state: ObjectStore,
  vaultName: string,
  read: ReadRequests = new Map(),
): Promise<{ inUse: Set<string>; blocked?: string }> {
  const inUse = new Set<string>();
  let blocked: string | undefined;
  for await (const run of openRuns(state)) {
    if (run.kind === 'backups') continue;
    const what = `${runWord(run.kind)} ${run.name}`;
    try {
      const request = read.get(what) ?? (await findRequest(state, run));
      if (request) read.set(what, request);
      if (request?.kind === 'RestoreRequest' || request?.kind === 'PlanRequest') {
        if (request.vault === vaultName) inUse.add(request.spec.backupName);
      } else if (request?.kind === 'CopyRequest') {
        if (request.from === vaultName) inUse.add(request.backup);
      } else blocked = `${what} does not say yet what it reads`;
    } catch (error) {
      blocked = `what ${what} reads cannot be known: ${messageOf(error)}`;
    }
  }
  return { inUse, ...(blocked !== undefined && { blocked }) };
}
