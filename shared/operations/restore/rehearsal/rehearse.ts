import type { Results } from '../../../formats/manifests/velero';
import { defaultPatience, type Patience } from '../apply/pace/patience';
import { TargetCalls } from '../target/target-calls';
import { runStages } from '../stages/run-stages';
import { Forecast } from '../forecast/forecast';
import type { Problem } from '../plan/problem';
import type { RestoreJob } from '../stages/job';
import { Details } from './details';
import type { PlanGuard } from './plan-guard';
import { PlanObserver } from './plan-observer';
import type { ObjectOutcome } from '../report/outcome';
import { Report } from '../report/report';
import { restoreLabels } from '../transform/restore-labels';
import { RehearsedCluster } from './rehearsed-cluster';

/** Nothing that is waited for comes in a rehearsal. */
const noPatience: Patience = { ...defaultPatience, termination: 0, resources: 0, deletion: 0, poll: 0 };

/** What a restore would do. */
export interface Rehearsal {
  /** By outcome, as a restore's own. */
  counts: Record<string, number>;
  problems: Problem[];
  /** What the restore would report as errors and warnings. */
  results: Results;
}

/**
 * Carries a restore out on a cluster that is changed by nothing (`RehearsedCluster`), with the very code of `restore`: what is
 * heard is what would become of each object. Neither the cluster nor the vault is written to. Throws as `restore` fails.
 *
 * @param hashKey under which the values of Secrets are hashed
 * @param heard gets each object as it is decided; many, in no fixed order
 */
export async function rehearse(
  job: RestoreJob,
  { hashKey, heard, guard }: { hashKey: Buffer; heard: (outcome: ObjectOutcome) => void; guard?: PlanGuard },
): Promise<Rehearsal> {
  const { metadata, spec } = job.request;
  const cluster = new RehearsedCluster(job.cluster, restoreLabels(spec.backupName, metadata.name));
  const forecast = new Forecast(cluster, job.request);
  const report = new Report(metadata.name, job.clock, job.progress, undefined, (outcome) => {
    forecast.hear(outcome);
    heard(outcome);
  });
  const rehearsed = { ...job, cluster };
  const observer = new PlanObserver(new Details(hashKey), { guard, forecast });
  await runStages(rehearsed, { report, patience: noPatience, observer, isRehearsal: true });
  const problems = await forecast.problems(new TargetCalls(cluster, job.lease.signal));
  return { counts: report.counts, problems, results: report.results.results() };
}
