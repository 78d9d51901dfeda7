import { isKind, LifeboatError, messageOf } from '../../platform/errors';
import { parseGoDuration } from '../../formats/manifests/go-duration';
import { instant } from '../../formats/manifests/instant';
import type { RunResult } from '../../formats/manifests/run';
import { defaultPatience, type Patience } from './apply/pace/patience';
import { runStages } from './stages/run-stages';
import type { RestoreJob } from './stages/job';
import { guarded } from './rehearsal/guarded';
import { unwatched } from './report/observer';
import { Report } from './report/report';
import { reportPlace } from './report/report-place';
import { writeReport } from './report/write-report';

/**
 * One attempt at a restore: open ▸ check ▸ decide ▸ transform ▸ apply ▸ report. The archive is read to its end and checked
 * before anything is written to the cluster. A later attempt of the same run goes on where this one stopped: what it finds
 * its records name counts as done.
 *
 * Results are written to `restores/<name>/` of the vault, or where `reportPlace` says. A backup that cannot be read gives
 * phase Failed with the reason; objects that could not be restored give PartiallyFailed. Throws LifeboatError `lost-lease` (nothing more is written) and
 * `unavailable`, and what `mayPass` of the job says may pass (another attempt may do better).
 */
export async function restore(job: RestoreJob, patience: Partial<Patience> = {}): Promise<RunResult> {
  const startTimestamp = instant(job.clock.now());
  const report = new Report(job.request.metadata.name, job.clock, job.progress, job.log);
  let reason: string | undefined;
  let failed = false;
  try {
    const observer = job.plan ? await guarded(job, job.plan) : unwatched;
    const { resourceTimeout } = job.request;
    const asked = resourceTimeout === undefined ? {} : { resources: parseGoDuration(resourceTimeout) };
    await runStages(job, {
      report,
      patience: { ...defaultPatience, ...patience, ...asked },
      observer,
      isRehearsal: false,
    });
  } catch (error) {
    job.lease.signal.throwIfAborted();
    if (!isFinal(error) || (await job.mayPass?.(error))) throw error;
    failed = true;
    reason = messageOf(error);
    report.error(reason);
  }
  const placing = reportPlace(job, report);
  // Met below; what the lease says comes first.
  placing.catch(() => {});
  await job.lease.renew();
  try {
    await writeReport(await placing, job.request.metadata.name, report);
  } catch (error) {
    if (!isKind(error, 'denied')) throw error;
    reason ??= `what was done could not be written to the vault: ${messageOf(error)}`;
    report.error(reason);
  }
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
    origin: job.origin,
  };
}

/** Says the same again however often it is tried. */
function isFinal(error: unknown): boolean {
  return error instanceof LifeboatError && !isKind(error, 'unavailable') && !isKind(error, 'lost-lease');
}
