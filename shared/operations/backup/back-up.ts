import type { Discovery } from '../../platform/kubernetes/api-resource';
import { isKind, LifeboatError, messageOf } from '../../platform/errors';
import type { RunResult } from '../../formats/manifests/run';
import type { BackupSpec } from '../../formats/manifests/velero';
import { recordIn } from '../../formats/state/run-record';
import { startCap } from '../../formats/state/run/starts';
import { uploadStream } from '../../platform/oss/upload-stream';
import { ArchiveWriter } from '../../formats/vault/archive/archive-writer';
import { abandonUpload } from '../../formats/vault/commit/commit';
import { UnreadableCommit } from '../../formats/vault/commit/commit-record';
import { assertOwnDirectory } from '../../formats/vault/commit/own-directory';
import { type PlacedBackup, replayCommit } from '../../formats/vault/commit/replay-commit';
import { noteUpload } from '../../formats/vault/commit/started-upload';
import { backupKeys } from '../../formats/vault/layout';
import { ResultsCollector } from '../../formats/vault/side-files/results';
import { RunLog } from '../../formats/vault/side-files/run-log';
import { Capture } from './capture';
import type { CapturedBackup } from './captured';
import { checkedSpec } from './checked-spec';
import { clearUpData } from './clear-up-data';
import { clusterIdentity } from './cluster-identity';
import { type Finishing, finishOrPause, resumeBackup, waitedFor } from './finish-backup';
import type { Pausing } from '../runs/pausing';
import type { BackupJob } from './job';
import { knownNamespaces } from './known-namespaces';
import { resolveOwnNamespaces } from './own-namespaces';
import { isLostCommit } from './lost-commit';
import { withPolicyLists } from './policy-lists';
import { ReadingTime } from './reading-time';
import { failedResult, resultInVault, resultOfAnother } from './run-result';
import { type KnownNamespace, specAsKept } from './select-namespaces';
import { saveData } from './volume-stage';

/**
 * One attempt at a backup: discovers, captures, archives and uploads in one pass, then commits. Ends with the outcome of the
 * run, which the caller records:
 * - `Completed` or `PartiallyFailed`: the backup is in the vault, written by this attempt or another
 * - `Failed`: no backup of this run is in the vault, and trying again would not help (spec, name taken, a filter that
 *   matches nothing; a backup of a schedule is made all the same and is PartiallyFailed); or what was committed can never be
 *   put there (`lost-commit.ts`)
 * Throws where a later attempt may do better, `denied` and `not-found` where something refuses the attempt, and `lost-lease` when this attempt must stop; the vault then holds nothing
 * visible, or what another attempt committed.
 */
export async function backUp(job: BackupJob): Promise<RunResult | Pausing> {
  const { run, vault, lease, clock, isDeleted } = job;
  const { name } = job.request.metadata;
  const started = clock.now();
  const failed = (error: unknown) => failedResult(messageOf(error), started, clock.now(), lease.attempt);
  if (job.committed) {
    let placed: PlacedBackup;
    try {
      placed = await replayCommit({ vault, run, name, isDeleted, writer: job.writer, log: job.log });
    } catch (error) {
      if (error instanceof UnreadableCommit) return unreadableCommit(job, error, failed);
      if (!(await isLostCommit(job, error))) throw error;
      return failed(error);
    }
    return resultOfAnother(job, placed);
  }
  if (job.resumed) {
    try {
      return await resumeBackup(job);
    } catch (error) {
      if (!(await isLostCommit(job, error))) throw error;
      return failed(error);
    }
  }
  if (lease.attempt > 1) await clearUpData({ ...job, signal: lease.signal });
  let prepared: Prepared;
  try {
    prepared = await prepare(job);
  } catch (error) {
    if (!isHopeless(error)) throw error;
    return failed(error);
  }
  try {
    return await capture(job, prepared, started);
  } catch (error) {
    if (!(error instanceof NothingMatches) && !(await isLostCommit(job, error))) throw error;
    return failed(error);
  }
}

/**
 * The outcome of a run whose commit this release does not understand: that of the backup where a release that did has put it
 * into the vault, manifest and all. Else a newer release may come back and do so: the run is left to it (throws) for as many
 * starts as any run has, some hours. Then it has failed, so that its schedule goes on.
 */
async function unreadableCommit(
  { vault, run, request, lease }: BackupJob,
  error: UnreadableCommit,
  failed: (error: unknown) => RunResult,
): Promise<RunResult> {
  const { name } = request.metadata;
  if (await vault.head(backupKeys(name).manifest)) return resultInVault(vault, name, lease.attempt);
  if ((await recordIn(run)).starts < startCap) throw error;
  return failed(error);
}

/** A filter of a backup that a person asked for matches nothing: the person corrects it, so no backup is made. */
class NothingMatches extends LifeboatError {
  constructor(name: string, faults: readonly string[]) {
    super('invalid', `backup "${name}" was not made: ${faults.join('; ')}`, {
      hint: 'correct what matches nothing, or leave it out, and choose another name',
    });
  }
}

interface Prepared {
  spec: BackupSpec;
  /** That the namespaces are not the ones that were asked for. */
  warning?: string;
  discovery: Discovery;
  namespaces: KnownNamespace[];
  clusterUid: string;
}

async function prepare(job: BackupJob): Promise<Prepared> {
  const { request, cluster, ownNamespaces, vault, run, lease } = job;
  const { signal } = lease;
  const { name } = request.metadata;
  const spec = checkedSpec(name, request.spec, ownNamespaces);
  const [discovery, clusterUid, known] = await Promise.all([
    cluster.discover({ allVersions: spec.allApiVersions }),
    clusterIdentity(cluster, signal),
    knownNamespaces(cluster, spec, { own: ownNamespaces, signal }),
    assertOwnDirectory({ vault, run, name }),
  ]);
  const resolved = resolveOwnNamespaces(request.spec, spec, { own: ownNamespaces, known });
  return { ...resolved, spec: withPolicyLists(resolved.spec, discovery), discovery, clusterUid };
}

async function capture(job: BackupJob, prepared: Prepared, started: Date): Promise<RunResult | Pausing> {
  const { cluster, vault, run, lease, clock, progress } = job;
  const { name } = job.request.metadata;
  const { spec, discovery, namespaces } = prepared;
  const results = new ResultsCollector();
  const log = new RunLog({ clock, fields: { backup: `velero/${name}` }, results, also: job.log });
  log.info(`Backing up cluster ${cluster.name} (${discovery.serverVersion.gitVersion})`);
  if (prepared.clusterUid === '')
    log.warn('the credentials may not read namespace kube-system: the cluster cannot be told from others');
  if (prepared.warning !== undefined) log.warn(prepared.warning);

  const reading = { cluster, name, spec, discovery, namespaces, log, progress, signal: lease.signal };
  const onDemand = job.request.schedule === undefined;
  const { unmatchedFilters } = new Capture(reading);
  if (onDemand && unmatchedFilters.length > 0) throw new NothingMatches(name, unmatchedFilters);
  const { data, hooks } = await saveData({ ...job, ...prepared, log });
  const capturing = new Capture({ ...reading, data, time: new ReadingTime(clock) });
  const writer = new ArchiveWriter(capturing.items(), { mtime: started });
  const { upload, ...uploaded } = await uploadStream(vault, backupKeys(name).archive, writer.chunks(), {
    signal: lease.signal,
    started: (begun) => noteUpload(run, lease.attempt, begun),
  });
  let finishing: Finishing;
  try {
    const { stored } = capturing;
    // What could not be listed may match.
    const faults = results.counts.errors > 0 ? [] : capturing.unmatchedSelection;
    if (onDemand && faults.length > 0) throw new NothingMatches(name, faults);
    for (const fault of faults) log.error(fault);
    const volumeInfo = stored.volumeInfo();
    log.info(`Backed up a total of ${stored.total} items`);
    const captured: CapturedBackup = {
      spec: specAsKept(spec, namespaces),
      clusterUid: prepared.clusterUid,
      serverVersion: discovery.serverVersion,
      startedAt: started,
      archive: { upload: { key: upload.key, id: upload.id }, ...uploaded, members: writer.members() },
      resourceList: stored.resourceList.json(),
      apiVersions: stored.apiVersions,
      counts: stored.counts,
      total: stored.total,
      volumeInfo,
      hooks,
    };
    finishing = await waitedFor(job, { captured, results, log, operations: data?.operations ?? [] });
  } catch (error) {
    // A lifecycle rule of the bucket removes what stays behind.
    await abandonUpload(run, upload).catch(() => {});
    throw error;
  }
  return finishOrPause(job, finishing);
}

function isHopeless(error: unknown): boolean {
  return isKind(error, 'invalid') || isKind(error, 'conflict');
}
