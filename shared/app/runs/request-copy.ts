import { isKind, LifeboatError, messageOf } from '../../platform/errors';
import { copyName } from '../../platform/input/names';
import { parseCopyRequest } from '../../formats/manifests/request';
import type { BackupRequest, CopyRequest, RunRequest, RunResult } from '../../formats/manifests/run';
import { type Requested, requestRun } from '../../operations/runs/request-run';
import { noteUncopied } from '../../formats/state/copies';
import { findRequest, runOf } from '../../formats/state/run/requests';
import { findResult } from '../../formats/state/run/results';
import { backupKeys } from '../../formats/vault/layout';
import { assertUnprovedIs } from '../backups/proved-backup';
import { type Installation, runContext } from '../installation';
import { record } from '../record';
import { assertWritable } from '../vaults/writable-vault';

/** What is to be copied where. */
export interface CopyToMake {
  backup: string;
  /** Vault that holds it. */
  from: string;
  /** Vault that takes it. */
  to: string;
  /** An admin has the backup of this name copied although it cannot be proved. */
  unproved?: string;
}

/**
 * Asks for the copy of a backup to another vault, because a person wants it. Asked for again while it is under way, or when
 * it is there, it is the same run; one that failed is followed by another. Throws `not-found`; `invalid` for a read-only vault,
 * and when `unproved` names another backup.
 */
export async function requestCopy(installation: Installation, copy: CopyToMake): Promise<Requested> {
  const { state } = installation;
  const { backup, from, to, unproved } = copy;
  assertUnprovedIs(unproved, backup);
  parseCopyRequest(requestOf(copy, 1));
  await state.vaults.get(from);
  assertWritable(await state.vaults.get(to), 'no backup is copied into it');
  const { manifest } = backupKeys(backup);
  if (!(await (await installation.openVault(from)).head(manifest))) {
    throw new LifeboatError('not-found', `there is no backup "${backup}" in vault "${from}"`, {
      hint: `see what there is with \`lifeboat backup get --vault ${from}\``,
    });
  }
  const { n, request, result } = await lastTry(installation, copy);
  // One that was deleted there since is copied anew.
  const over =
    result !== undefined &&
    (result.phase !== 'Completed' || !(await (await installation.openVault(to)).head(manifest)));
  const asked = request && !over ? request : requestOf(copy, request ? n + 1 : 1);
  const requested = await requestRun(runContext(installation), asked);
  if (!requested.created) return requested;
  const { name } = requested.run;
  if (unproved !== undefined)
    await record(installation, { action: 'take', what: `unproved backup for copy ${name}`, name: unproved });
  await record(installation, { action: 'request', what: 'copy', name });
  return requested;
}

/**
 * Asks for the copies that the schedule of a backup wants, once the backup is in its vault: first that they are missing is
 * written down, so that they are asked for again until they are there.
 */
export async function askForCopies(installation: Installation, request: BackupRequest): Promise<void> {
  const { schedule, vault: from } = request;
  for (const to of schedule?.copies ?? []) {
    const copy = { backup: request.metadata.name, from, to, schedule: schedule!.name };
    await noteUncopied(installation.state.store, { ...copy, vault: to });
    await askForCopy(installation, requestOf(copy, 1));
  }
}

/**
 * Asks for a copy of a schedule. A person may have asked for the same one before. A name that another copy has keeps nothing
 * from its end: the hourly pass reports the copy as missing.
 */
async function askForCopy(installation: Installation, request: CopyRequest): Promise<void> {
  try {
    await requestRun(runContext(installation), request);
  } catch (error) {
    if (!isKind(error, 'conflict')) throw error;
    const earlier = await findRequest(installation.state.store, runOf(request));
    if (earlier && isSameCopy(earlier, request)) return;
    const { name } = request.metadata;
    installation.log.error(`Copy ${name} could not be asked for`, { name, error: messageOf(error) });
  }
}

function isSameCopy(one: RunRequest, other: Pick<CopyRequest, 'backup' | 'from' | 'vault'>): boolean {
  return (
    one.kind === 'CopyRequest' &&
    one.backup === other.backup &&
    one.from === other.from &&
    one.vault === other.vault
  );
}

/** The n-th request for a copy: the same for everyone who makes it. */
export function requestOf(
  { backup, from, to, unproved, schedule }: CopyToMake & { schedule?: string },
  n: number,
): CopyRequest {
  return {
    kind: 'CopyRequest',
    metadata: { name: copyName(backup, from, to, n) },
    backup,
    from,
    vault: to,
    ...(unproved !== undefined && { unproved }),
    ...(schedule !== undefined && { schedule }),
  };
}

/**
 * The newest request for a copy, by whoever; `n` is 0 when nobody asked. Throws `conflict` where the request of another copy has
 * the name: ten digits of a digest do not keep names apart that somebody chose to be alike.
 */
export async function lastTry(
  { state }: Installation,
  { backup, from, to }: CopyToMake,
): Promise<{ n: number; request?: CopyRequest; result?: RunResult }> {
  let last: { n: number; request?: CopyRequest } = { n: 0 };
  for (let n = 1; ; n += 1) {
    const request = await findRequest(state.store, { kind: 'copies', name: copyName(backup, from, to, n) });
    if (request?.kind !== 'CopyRequest') break;
    if (!isSameCopy(request, { backup, from, vault: to })) {
      throw new LifeboatError(
        'conflict',
        `the copy of backup "${backup}" from vault "${from}" to vault "${to}" has the name of another: "${request.metadata.name}"`,
        { hint: 'copy it by way of another vault' },
      );
    }
    last = { n, request };
  }
  if (!last.request) return last;
  const result = await findResult(state.store, { kind: 'copies', name: last.request.metadata.name });
  return { ...last, ...(result && { result }) };
}
