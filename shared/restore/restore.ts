import { isKind, LifeboatError, messageOf } from '../errors';
import { instant } from '../manifests/instant';
import type { RunResult } from '../manifests/run';
import { apply } from './apply/apply';
import { OwnerMap } from './apply/owner-map';
import { OwnerSecondPass } from './apply/owner-second-pass';
import { defaultPatience, type Patience } from './apply/patience';
import { RefusedItems } from './apply/refused-items';
import type { RestoreWork } from './apply/restore-work';
import { Target } from './apply/target';
import { TargetCalls } from './apply/target-calls';
import { ArchiveFacts } from './check/archive-facts';
import { checkArchive } from './check/check-archive';
import { assertFreeName } from './check/free-name';
import type { RestoreJob } from './job';
import { type OpenBackup, openBackup } from './open-backup';
import { inBestVersions } from './plan/best-version';
import { resolveResourceNames } from './plan/resource-names';
import { Selection } from './plan/selection';
import { replicaContents } from './replica/replica-work';
import { Report } from './report/report';
import { writeReport } from './report/write-report';
import { resourceCandidates, singleObject, singleObjectSpec } from './single-object';
import { restoreLabels } from './transform/restore-labels';
import { StatusChoice } from './transform/status-choice';

/**
 * One attempt at a restore: open ▸ check ▸ plan ▸ transform ▸ apply ▸ report. The archive is read to its end and checked
 * before anything is written to the cluster. A later attempt of the same run goes on where this one stopped: what it finds
 * with this restore's labels counts as created.
 *
 * Results are written to `restores/<name>/` of the vault, or where `job.results` says. A backup that cannot be read gives phase Failed with the reason;
 * objects that could not be restored give PartiallyFailed. Throws LifeboatError `lost-lease` (nothing more is written) and
 * `unavailable` (another attempt may do better).
 */
export async function restore(job: RestoreJob, patience: Partial<Patience> = {}): Promise<RunResult> {
  const startTimestamp = instant(job.clock.now());
  const report = new Report(job.request.metadata.name, job.clock, job.progress, job.log);
  let reason: string | undefined;
  let failed = false;
  try {
    await carryOut(job, report, { ...defaultPatience, ...patience });
  } catch (error) {
    job.lease.signal.throwIfAborted();
    if (!isFinal(error)) throw error;
    failed = true;
    reason = messageOf(error);
    report.error(reason);
  }
  await job.lease.renew();
  await writeReport(job.results ?? job.vault, job.request.metadata.name, report).catch((error) => {
    if (!isKind(error, 'denied')) throw error;
    reason ??= `what was done could not be written to the vault: ${messageOf(error)}`;
    report.error(reason);
  });
  const { errors, warnings } = report.results.counts;
  return {
    kind: 'RunResult',
    phase: failed ? 'Failed' : errors > 0 ? 'PartiallyFailed' : 'Completed',
    reason,
    startTimestamp,
    completionTimestamp: instant(job.clock.now()),
    errors,
    warnings,
    counts: report.counts,
    attempts: job.lease.attempt,
  };
}

/** Says the same again however often it is tried. */
function isFinal(error: unknown): boolean {
  return error instanceof LifeboatError && !isKind(error, 'unavailable') && !isKind(error, 'lost-lease');
}

async function carryOut(job: RestoreJob, report: Report, patience: Patience): Promise<void> {
  const { spec } = job.request;
  report.phase('Opening', `opening backup ${spec.backupName}`);
  if (job.lease.attempt === 1) await assertFreeName(job.results ?? job.vault, job.request.metadata.name);
  const target = new Target(job.cluster);
  const opened = await openBackup(job.vault, spec.backupName, job.temporaryDirectory);
  try {
    await target.refresh();
    for (const { group, version, reason } of target.stale) {
      report.warn(`API group ${group}/${version} of the cluster does not answer: ${reason}`);
    }
    const work = await check(job, report, patience, target, opened);
    report.expect(work.facts.total);
    await apply(work);
  } finally {
    await opened.contents.close();
  }
}

async function check(
  job: RestoreJob,
  report: Report,
  patience: Patience,
  target: Target,
  opened: OpenBackup,
): Promise<RestoreWork> {
  const { request, lease } = job;
  const { object } = request;
  const spec = object ? singleObjectSpec(request.spec, object) : request.spec;
  const resolve = (names: string[] | undefined) => resolveResourceNames(names, target.resources);
  const selection = new Selection(spec, resolve(spec.includedResources), resolve(spec.excludedResources));
  const whole = inBestVersions(opened.contents, (name) => target.versions(name));
  const selected = object
    ? await singleObject(whole, object, resourceCandidates(object.resource, target.resources))
    : whole;
  const replicated = job.replica && replicaContents(selected, job.replica, target, report);
  const contents = replicated?.contents ?? selected;
  const facts = new ArchiveFacts(selection);
  report.phase('Checking', 'reading the whole archive and checking it');
  await checkArchive(contents, facts, lease.signal, (read) => report.tick(read));
  for (const warning of contents.warnings ?? []) report.warn(warning);
  return {
    job,
    spec,
    contents,
    facts,
    selection,
    volumeInfo: opened.volumeInfo,
    calls: new TargetCalls(job.cluster, lease.signal),
    target,
    report,
    ...(replicated && { replicaWork: replicated.work }),
    labels: restoreLabels(spec.backupName, request.metadata.name),
    statuses: new StatusChoice(spec.restoreStatus, resolve),
    owners: new OwnerMap(facts.owners),
    secondPass: new OwnerSecondPass(),
    refused: new RefusedItems(),
    blockedNamespaces: new Map(),
    definitions: new Set(),
    patience,
  };
}
