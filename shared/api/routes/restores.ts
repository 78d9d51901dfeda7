import * as v from 'valibot';
import { LifeboatError } from '../../errors';
import { requestRestore } from '../../installation/runs/request';
import { restoreRequestSchema } from '../../manifests/request';
import { restoreKeys } from '../../vault/layout';
import { readResults } from '../../vault/side-files/read-side-file';
import { resultsAnswer } from '../answers/backups';
import { listAnswer } from '../answers/list';
import { restoreRun } from '../answers/runs';
import { pageQuery } from '../page';
import { requested, requestedAnswers } from '../requested-run';
import { type Route, route } from '../route';
import { runPage } from '../run-page';
import { namePath } from './manifest-routes';
import { reachedRun, runActions } from './runs';

const tag = 'Restores';

/** What replication rules set is not for callers, nor is a plan that lies beside the request. */
const { kind: _kind, replication: _replication, plan: _plan, ...newRestore } = restoreRequestSchema.entries;

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
      'A token with a scope must reach the cluster that the backup is of and the one it goes into. Poll `/restores/{name}` until `result` is there.',
    role: 'operator',
    body: v.strictObject(newRestore),
    startsRuns: true,
    answers: requestedAnswers,
    problems: {
      404: 'There is no such vault, cluster or backup',
      409: 'The name is taken by another request',
    },
    async handle({ installation, reach, quota, body }) {
      await reach.assertRestore(body);
      const { name } = body.metadata;
      const run = { kind: 'restores', name } as const;
      const made = await quota.within([run], () =>
        requestRestore(installation, { kind: 'RestoreRequest', ...body }),
      );
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
      const vault = await call.installation.openVault(run.request.vault);
      return { status: 200, body: await readResults(vault, restoreKeys(run.name).results) };
    },
  }),
];
