import * as v from 'valibot';
import { LifeboatError } from '../../platform/errors';
import { requestOfPlan } from '../../app/runs/kept-plan';
import { requestRestore } from '../../app/runs/request';
import { findReports } from '../../app/runs/restore-report';
import { metadataSchema } from '../../formats/manifests/metadata';
import { nameSchema } from '../../platform/input/names';
import { planRequestSchema } from '../../formats/manifests/request';
import type { RestoreRequest } from '../../formats/manifests/run';
import { restoreKeys } from '../../formats/vault/layout';
import { readResults } from '../../formats/vault/side-files/read-side-file';
import { resultsAnswer } from '../answers/backups';
import { listAnswer } from '../answers/list';
import { restoreRun } from '../answers/runs';
import { pageQuery } from '../page';
import { requested, requestedAnswers } from '../requested-run';
import { assertMayModify } from '../assert-modifiers';
import { assertMayName, assertMayTake } from '../assert-proof';
import { either } from '../either';
import { type Route, route } from '../route';
import { runPage } from '../run-page';
import { namePath } from './manifest-routes';
import { reachedRun, runActions } from './runs';

const tag = 'Restores';

/** What a plan is asked for with: what replication rules set is not for callers. */
const { kind: _kind, ...whole } = planRequestSchema.entries;

const newRestore = either(
  'plan',
  v.strictObject({
    metadata: metadataSchema,
    plan: v.pipe(
      v.strictObject({
        run: v.pipe(nameSchema, v.description('A plan that was asked for with `POST /plans`')),
        failOnDrift: v.optional(
          v.pipe(v.boolean(), v.description('Restore nothing when something has changed since')),
        ),
      }),
      v.description('Do what this plan showed, and nothing else'),
    ),
  }),
  v.strictObject(whole),
);

export const restoreRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/restores',
    id: 'listRestores',
    tag,
    summary: 'List restores, by name; those that ended are kept for 35 days',
    role: 'viewer',
    query: v.strictObject(pageQuery),
    answers: { 200: { description: 'A page of the list', content: listAnswer(restoreRun) } },
    handle: async (call) => ({ status: 200, body: await runPage(call, ['restores'], call.query) }),
  }),
  route({
    method: 'POST',
    path: '/restores',
    id: 'createRestore',
    tag,
    summary: 'Ask for a restore',
    description:
      'A backup that claims to be Lifeboat’s and cannot be proved is refused; `unproved`, its name again, takes it all the same and needs the role `admin`. So do `snapshotHandles`, which name the CSI snapshots that a backup of another installation or of Velero may bring, and resource modifiers whose `groupResource` matches roles or their bindings, and labels `rbac.authorization.k8s.io/…` that are added. With `plan` just what it showed is done: an object that would be decided otherwise now is left alone, with the outcome `drifted`. A token with a scope must reach the cluster that the backup is of and the one it goes into. Names that end in a hyphen and 16 hexadecimal digits are reserved for replication rules. Poll `/restores/{name}` until `result` is there.',
    role: 'operator',
    body: newRestore,
    startsRuns: true,
    answers: requestedAnswers,
    problems: {
      404: 'There is no such vault, cluster, backup or plan',
      409: 'The name is taken by another request, or the plan is not made',
    },
    async handle(call) {
      const { installation, reach, quota, body } = call;
      const { metadata } = body;
      let request: RestoreRequest;
      if ('plan' in body) {
        const { run: plan, failOnDrift } = body.plan;
        await reachedRun(call, 'plans', plan);
        request = await requestOfPlan(installation, plan, { metadata, failOnDrift });
      } else {
        request = { kind: 'RestoreRequest', ...body };
      }
      assertMayTake(request.unproved, call.caller);
      assertMayName(request.snapshotHandles, call.caller);
      assertMayModify(request.transforms, call.caller);
      await reach.assertRestore(request);
      const run = { kind: 'restores', name: metadata.name } as const;
      const made = await quota.within([run], () => requestRestore(installation, request));
      return requested(run, made);
    },
  }),
  route({
    method: 'GET',
    path: '/restores/{name}',
    id: 'getRestore',
    tag,
    summary: 'Show a restore, and how far it is',
    role: 'viewer',
    parameters: namePath,
    answers: { 200: { description: 'The restore', content: restoreRun } },
    handle: async (call) => ({ status: 200, body: await reachedRun(call, 'restores', call.path.name) }),
  }),
  ...runActions('restores', tag),
  route({
    method: 'GET',
    path: '/restores/{name}/results',
    id: 'getRestoreResults',
    tag,
    summary: 'Errors and warnings of a restore that has ended',
    role: 'viewer',
    parameters: namePath,
    answers: { 200: { description: 'The messages', content: resultsAnswer } },
    async handle(call) {
      const run = await reachedRun(call, 'restores', call.path.name);
      if (!run.result)
        throw new LifeboatError('not-found', `restore "${run.name}" is not finished: ${run.phase}`);
      const place = await findReports(call.installation, run.request.vault, run.name);
      return { status: 200, body: await readResults(place, restoreKeys(run.name).results) };
    },
  }),
];
