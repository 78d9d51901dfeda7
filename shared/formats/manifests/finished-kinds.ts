import * as v from 'valibot';
import { fault } from '../../platform/input/parse';

/** Where the end of an object is told: a field, set or with one of these values; or a condition with one of these statuses. */
const signSchema = v.union(
  [
    v.strictObject({
      path: v.pipe(
        v.string(),
        v.regex(
          /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/,
          fault('is not a path of fields', 'write it as status.phase'),
        ),
      ),
      values: v.optional(v.array(v.string())),
    }),
    v.strictObject({
      condition: v.pipe(v.string(), v.minLength(1, fault('is empty', 'name a condition'))),
      statuses: v.optional(v.array(v.picklist(['True', 'False', 'Unknown']))),
      reasons: v.optional(v.array(v.string())),
    }),
  ],
  fault(
    'does not say where an end is told',
    'write {path: status.phase, values: [Succeeded]} or {condition: Complete}',
  ),
);

/** Group-resource → signs of its end, any of them; an empty list takes a built-in row away. */
export const finishedSchema = v.record(
  v.pipe(
    v.string(),
    v.regex(
      /^[a-z0-9-]+(\.[a-z0-9.-]+)?$/,
      fault('is not a resource', 'write plural.group, workflows.argoproj.io'),
    ),
  ),
  v.array(signSchema),
);

export type FinishedSign = v.InferOutput<typeof signSchema>;
export type FinishedKinds = ReadonlyMap<string, readonly FinishedSign[]>;

const phase = (...values: string[]): FinishedSign => ({ path: 'status.phase', values });
const isTrue = (...types: string[]): FinishedSign[] => types.map((condition) => ({ condition }));
const succeeded: FinishedSign[] = [{ condition: 'Succeeded', statuses: ['True', 'False'] }];
const acme: FinishedSign[] = [{ path: 'status.state', values: ['valid', 'invalid', 'expired', 'errored'] }];
const kubeflowJob = isTrue('Succeeded', 'Failed');

/** What runs once: made again from the backup it would run again, or ask a certificate authority again. */
const builtIn: Record<string, FinishedSign[]> = {
  'jobs.batch': [{ path: 'status.completionTime' }, ...isTrue('Complete', 'Failed')],
  // Argo
  'workflows.argoproj.io': [phase('Succeeded', 'Failed', 'Error')],
  'analysisruns.argoproj.io': [phase('Successful', 'Failed', 'Error', 'Inconclusive')],
  'experiments.argoproj.io': [phase('Successful', 'Failed', 'Error', 'Inconclusive')],
  // Tekton
  'pipelineruns.tekton.dev': succeeded,
  'taskruns.tekton.dev': succeeded,
  'customruns.tekton.dev': succeeded,
  'runs.tekton.dev': succeeded,
  // cert-manager
  'certificaterequests.cert-manager.io': [
    { path: 'status.failureTime' },
    { condition: 'Ready', statuses: ['True'] },
    { condition: 'Ready', statuses: ['False'], reasons: ['Failed', 'Denied'] },
    ...isTrue('Denied', 'InvalidRequest'),
  ],
  'orders.acme.cert-manager.io': acme,
  'challenges.acme.cert-manager.io': acme,
  // Batch and machine learning
  'jobs.batch.volcano.sh': [
    { path: 'status.state.phase', values: ['Completed', 'Failed', 'Aborted', 'Terminated'] },
  ],
  'jobsets.jobset.x-k8s.io': isTrue('Completed', 'Failed'),
  'sparkapplications.sparkoperator.k8s.io': [
    { path: 'status.applicationState.state', values: ['COMPLETED', 'FAILED'] },
  ],
  'rayjobs.ray.io': [{ path: 'status.jobStatus', values: ['SUCCEEDED', 'FAILED', 'STOPPED'] }],
  'mpijobs.kubeflow.org': kubeflowJob,
  'pytorchjobs.kubeflow.org': kubeflowJob,
  'tfjobs.kubeflow.org': kubeflowJob,
  'trainjobs.trainer.kubeflow.org': isTrue('Complete', 'Failed'),
  // Moves of virtual machines between the nodes of their cluster
  'virtualmachineinstancemigrations.kubevirt.io': [phase('Succeeded', 'Failed')],
};

/** The built-in table with a user's rows in the place of its own. */
export function finishedKinds(more: Readonly<Record<string, readonly FinishedSign[]>> = {}): FinishedKinds {
  return new Map(Object.entries({ ...builtIn, ...more }));
}
