import * as v from 'valibot';
import { listAnswer } from '../answers/list';
import { copyRun } from '../answers/runs';
import { pageQuery } from '../page';
import { type Route, route } from '../route';
import { runPage } from '../run-page';
import { namePath } from './manifest-routes';
import { reachedRun, runActions } from './runs';

const tag = 'Copies';

/** Of backups, from one vault to another. */
export const copyRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/copies',
    id: 'listCopies',
    tag,
    summary: 'List copies of backups to other vaults, by name; those that ended are kept for 35 days',
    role: 'viewer',
    query: v.strictObject(pageQuery),
    answers: { 200: { description: 'A page of the list', content: listAnswer(copyRun) } },
    handle: async (call) => ({ status: 200, body: await runPage(call, ['copies'], call.query) }),
  }),
  route({
    method: 'GET',
    path: '/copies/{name}',
    id: 'getCopy',
    tag,
    summary: 'Show a copy, and how far it is',
    role: 'viewer',
    parameters: namePath,
    answers: { 200: { description: 'The copy', content: copyRun } },
    handle: async (call) => ({ status: 200, body: await reachedRun(call, 'copies', call.path.name) }),
  }),
  ...runActions('copies', tag),
];
