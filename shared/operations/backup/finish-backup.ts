import type { RunResult } from '../../formats/manifests/run';
import type { BackupVolumeInfo } from '../../formats/manifests/velero';
import { findOperations, type SnapshotOperation } from '../../formats/state/run/operations';
import { abandonUpload, commitBackup } from '../../formats/vault/commit/commit';
import { committedFacts } from '../../formats/vault/commit/committed-facts';
import { signedFiles } from '../../formats/vault/proof/signature';
import { ResultsCollector } from '../../formats/vault/side-files/results';
import { RunLog } from '../../formats/vault/side-files/run-log';
import { packedList } from '../../formats/vault/side-files/side-files';
import type { Log } from '../../platform/log/log';
import type { Pausing } from '../runs/pausing';
import { SnapshotCalls, snapshotVersion } from '../volumes/snapshots/snapshot-calls';
import { areSettled, settleSnapshots } from '../volumes/snapshots/settle-snapshots';
import { type CapturedBackup, keepCapture, keptCapture } from './captured';
import { finishedFiles } from './finished-files';
import type { BackupJob } from './job';
import { resultOfAnother } from './run-result';

/** A capture, with what was said of it, on its way to be a backup. */
export interface Finishing {
  captured: CapturedBackup;
  operations: readonly SnapshotOperation[];
  results: ResultsCollector;
  log: RunLog;
}

/** Many drivers have a snapshot ready within seconds: so long a worker waits itself. Milliseconds. */
const waitsItself = 10_000;
const looksEvery = 1_000;

/** Waits for the snapshots of a capture for as long as a driver may take that is quick. */
export async function waitedFor(job: BackupJob, finishing: Finishing): Promise<Finishing> {
  const { clock, lease } = job;
  const began = clock.monotonic();
  let operations = await settle(job, finishing.operations);
  while (!areSettled(operations) && clock.monotonic() - began < waitsItself) {
    await clock.sleep(looksEvery, lease.signal);
    operations = await settle(job, operations);
  }
  return { ...finishing, operations };
}

/** Commits a capture whose snapshots are settled; else keeps it in the run, for a later step. */
export async function finishOrPause(job: BackupJob, finishing: Finishing): Promise<RunResult | Pausing> {
  const { captured, operations, log, results } = finishing;
  if (areSettled(operations)) return finish(job, finishing);
  await keepCapture(job.run, captured, {
    resourceList: await listOf(captured),
    log: log.gzip(),
    results: results.results(),
    ...results.counts,
  });
  return pausing(operations);
}

/** One step of a run that has paused: a look at its snapshots; the backup is committed when the last of them is settled. */
export async function resumeBackup(job: BackupJob): Promise<RunResult | Pausing> {
  const operations = await settle(job, await findOperations(job.run));
  if (!areSettled(operations)) return pausing(operations);
  const { captured, said } = await keptCapture(job.run);
  const results = new ResultsCollector(said);
  const fields = { backup: `velero/${job.request.metadata.name}` };
  const log = new RunLog({ clock: job.clock, fields, results, also: job.log, before: said.log });
  return finish(job, { captured, operations, results, log });
}

async function settle(
  { cluster, lease, clock, run }: BackupJob,
  operations: readonly SnapshotOperation[],
): Promise<readonly SnapshotOperation[]> {
  if (areSettled(operations)) return operations;
  const version = snapshotVersion(await cluster.discover({ signal: lease.signal })) ?? 'v1';
  return settleSnapshots(operations, {
    calls: new SnapshotCalls(cluster, lease.signal, version),
    clock,
    run,
  });
}

async function finish(job: BackupJob, finishing: Finishing): Promise<RunResult> {
  const { captured, operations, log } = finishing;
  const { request, vault, run, signer } = job;
  const { name } = request.metadata;
  const { upload, ...archive } = captured.archive;
  job.progress({ phase: 'Committing', done: captured.total, total: captured.total });
  const files = await readied().catch(async (error: unknown) => {
    // A lifecycle rule of the bucket removes what stays behind.
    await abandonUpload(run, vault.resumeUpload(upload.key, upload.id)).catch(() => {});
    throw error;
  });
  // Its answer may be lost and the commit land all the same: from here on only the commit decides about the upload.
  const { won, placed } = await commitBackup({
    ...job,
    name,
    archive: { ...archive, upload: vault.resumeUpload(upload.key, upload.id) },
    sideFiles: files.sideFiles,
    manifest: files.manifest,
  });
  if (!won) return resultOfAnother(job, placed);
  return { ...files.result, committed: committedFacts(placed, request, captured.clusterUid) };

  async function readied() {
    const volumeInfo = settledInfo(captured.volumeInfo, operations, log);
    const finished = await finishedFiles({ ...job, ...finishing, captured: { ...captured, volumeInfo } });
    return { ...finished, sideFiles: await signedFiles(name, captured.clusterUid, finished, signer) };
  }
}

/** What volumeinfo says of snapshots once they are settled. One that failed is an error: somebody counts on its data. */
function settledInfo(
  infos: readonly BackupVolumeInfo[],
  operations: readonly SnapshotOperation[],
  log: Log,
): BackupVolumeInfo[] {
  const byHandle = new Map(operations.map((one) => [one.handle, one]));
  return infos.map((info) => {
    const operation = byHandle.get(String(info.csiSnapshotInfo?.snapshotHandle));
    if (!operation) return info;
    const { namespace, claim, state, endedAt, error } = operation;
    if (state !== 'failed') {
      const csiSnapshotInfo = { ...info.csiSnapshotInfo, ReadyToUse: true };
      return { ...info, completionTimestamp: endedAt, result: 'succeeded', csiSnapshotInfo };
    }
    const { backupMethod: _, csiSnapshotInfo: __, ...rest } = info;
    const reason = `its snapshot failed: ${error}`;
    log.error(`the data of claim ${namespace}/${claim} is not in the backup: ${reason}`, {
      resource: 'persistentvolumeclaims',
      namespace,
      name: claim,
    });
    return { ...rest, completionTimestamp: endedAt, result: 'failed', skipped: true, skippedReason: reason };
  });
}

function pausing(operations: readonly SnapshotOperation[]): Pausing {
  const done = operations.filter(({ state }) => state !== 'taken').length;
  const total = operations.length;
  const message = `${done} of ${total} ${total === 1 ? 'snapshot is' : 'snapshots are'} ready`;
  return { paused: { phase: 'WaitingForPluginOperations', message, done, total } };
}

async function listOf({ resourceList }: CapturedBackup): Promise<Buffer> {
  return Buffer.isBuffer(resourceList) ? resourceList : packedList(resourceList);
}
