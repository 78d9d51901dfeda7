import * as v from 'valibot';
import { LifeboatError } from '../../platform/errors';
import { madePlan } from '../../app/runs/made-plan';
import { requestPlan } from '../../app/runs/request';
import { planRequestSchema } from '../../formats/manifests/request';
import { readPlanPage } from '../../operations/restore/plan/plan-lines';
import { resultsAnswer } from '../answers/backups';
import { listAnswer } from '../answers/list';
import { planObjects, planSummaryAnswer } from '../answers/plans';
import { planRun } from '../answers/runs';
import { assertMayModify } from '../assert-modifiers';
import { assertMayName, assertMayTake } from '../assert-proof';
import { continueAt, numberedPlaceIn, pageQuery } from '../page';
import { requested, requestedAnswers } from '../requested-run';
import { type Call, type Route, route } from '../route';
import { runPage } from '../run-page';
import { namePath } from './manifest-routes';
import { reachedRun, runActions } from './runs';

const tag = 'Plans';

const { kind: _kind, ...newPlan } = planRequestSchema.entries;

/** Bytes of JSON in a page: what Function Compute lets an answer hold, with room to spare. */
const maxPage = 3 * 1024 * 1024;

/** The plan of a run that has made one. Throws `not-found`. */
async function reachedPlan(call: Call, name: string) {
  const run = await reachedRun(call, 'plans', name);
  if (run.result?.phase === 'Completed') return madePlan(call.installation, name);
  throw new LifeboatError('not-found', `plan "${name}" is not there: ${run.result?.reason ?? run.phase}`);
}

/** Of restores: what they would do. */
export const planRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/plans',
    id: 'listPlans',
    tag,
    summary: 'List plans of restores as they were asked for, by name; they are kept for 35 days',
    role: 'viewer',
    query: v.strictObject(pageQuery),
    answers: { 200: { description: 'A page of the list', content: listAnswer(planRun) } },
    handle: async (call) => ({ status: 200, body: await runPage(call, ['plans'], call.query) }),
  }),
  route({
    method: 'POST',
    path: '/plans',
    id: 'createPlan',
    tag,
    summary: 'Ask what a restore would do to every object, and what would go wrong; changes nothing',
    description:
      'What takes the role `admin` for a restore takes it here too. A token with a scope must reach the cluster that the backup is of and the one it would go into. Poll `/plans/{name}` until `result` is there; then read `/plans/{name}/summary` and `/plans/{name}/objects`, and name the plan in `POST /restores` to do just this.',
    role: 'operator',
    body: v.strictObject(newPlan),
    startsRuns: true,
    answers: requestedAnswers,
    problems: {
      404: 'There is no such vault, cluster or backup',
      409: 'The name is taken by another request',
    },
    async handle({ installation, caller, reach, quota, body }) {
      assertMayTake(body.unproved, caller);
      assertMayName(body.snapshotHandles, caller);
      assertMayModify(body.transforms, caller);
      await reach.assertRestore(body);
      const run = { kind: 'plans', name: body.metadata.name } as const;
      const made = await quota.within([run], () =>
        requestPlan(installation, { kind: 'PlanRequest', ...body }),
      );
      return requested(run, made);
    },
  }),
  route({
    method: 'GET',
    path: '/plans/{name}',
    id: 'getPlan',
    tag,
    summary: 'Show the run that makes a plan, and how far it is',
    role: 'viewer',
    parameters: namePath,
    answers: { 200: { description: 'The run', content: planRun } },
    handle: async (call) => ({ status: 200, body: await reachedRun(call, 'plans', call.path.name) }),
  }),
  ...runActions('plans', tag),
  route({
    method: 'GET',
    path: '/plans/{name}/summary',
    id: 'getPlanSummary',
    tag,
    summary: 'What a plan says as a whole: how many objects meet what, and what would go wrong',
    role: 'operator',
    parameters: namePath,
    answers: { 200: { description: 'The summary', content: planSummaryAnswer } },
    async handle(call) {
      const { stored } = await reachedPlan(call, call.path.name);
      const { results: _results, ...summary } = stored.head;
      return { status: 200, body: summary };
    },
  }),
  route({
    method: 'GET',
    path: '/plans/{name}/objects',
    id: 'getPlanObjects',
    tag,
    summary: 'Every object of a plan, in the order of a restore',
    description: 'A page also ends before `limit` where its objects are large.',
    role: 'operator',
    parameters: namePath,
    query: v.strictObject(pageQuery),
    answers: { 200: { description: 'A page of the objects', content: planObjects } },
    async handle(call) {
      const { limit, continue: token } = call.query;
      const from = numberedPlaceIn(token);
      const { stored, folder } = await reachedPlan(call, call.path.name);
      const { key, ...index } = stored.objects;
      const page = await readPlanPage(folder, key, index, { from, limit, maxBytes: maxPage });
      const metadata = page.next === undefined ? {} : { continue: continueAt(String(page.next)) };
      return { status: 200, body: { metadata, items: page.objects } };
    },
  }),
  route({
    method: 'GET',
    path: '/plans/{name}/results',
    id: 'getPlanResults',
    tag,
    summary: 'Errors and warnings that the restore would report',
    role: 'operator',
    parameters: namePath,
    answers: { 200: { description: 'The messages', content: resultsAnswer } },
    async handle(call) {
      const { stored } = await reachedPlan(call, call.path.name);
      return { status: 200, body: stored.head.results };
    },
  }),
];
