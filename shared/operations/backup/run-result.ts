import type { RunResult } from '../../formats/manifests/run';
import type { Backup } from '../../formats/manifests/velero';
import { readBackup } from '../../formats/vault/backup-manifest';
import { committedFacts } from '../../formats/vault/commit/committed-facts';
import type { PlacedBackup } from '../../formats/vault/commit/replay-commit';
import type { ObjectStore } from '../../platform/oss/port';
import type { BackupJob } from './job';

/** The outcome of a run whose backup lies in the vault, whichever attempt wrote it. */
export async function resultInVault(vault: ObjectStore, name: string, attempts: number): Promise<RunResult> {
  return resultOf(await readBackup(vault, name), attempts);
}

/** The outcome of a run whose backup another attempt has committed: which cluster that one saw is in its catalogue alone. */
export async function resultOfAnother(
  { vault, request, lease }: Pick<BackupJob, 'vault' | 'request' | 'lease'>,
  placed: PlacedBackup,
): Promise<RunResult> {
  const result = await resultInVault(vault, request.metadata.name, lease.attempt);
  return { ...result, committed: committedFacts(placed, request) };
}

/** The outcome of the run that a backup is of, from its manifest. */
export function resultOf({ status }: Backup, attempts: number): RunResult {
  return {
    kind: 'RunResult',
    phase: status.phase === 'Completed' ? 'Completed' : 'PartiallyFailed',
    startTimestamp: status.startTimestamp ?? '',
    completionTimestamp: status.completionTimestamp ?? '',
    errors: status.errors ?? 0,
    warnings: status.warnings ?? 0,
    counts: { items: status.progress?.itemsBackedUp ?? 0 },
    attempts,
  };
}

/** The outcome of a run that nothing can be made of: the request or the place is wrong. */
export function failedResult(reason: string, started: Date, ended: Date, attempts: number): RunResult {
  return {
    kind: 'RunResult',
    phase: 'Failed',
    reason,
    startTimestamp: started.toISOString(),
    completionTimestamp: ended.toISOString(),
    errors: 1,
    warnings: 0,
    counts: {},
    attempts,
  };
}
