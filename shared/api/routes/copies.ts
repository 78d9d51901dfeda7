import * as v from 'valibot';
import { requestCopy } from '../../app/runs/request-copy';
import { nameSchema } from '../../platform/input/names';
import { copyRequestSchema } from '../../formats/manifests/request';
import { assertMayTake } from '../assert-proof';
import { listAnswer } from '../answers/list';
import { copyRun } from '../answers/runs';
import { pageQuery } from '../page';
import { requested, requestedAnswers } from '../requested-run';
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
    method: 'POST',
    path: '/copies',
    id: 'createCopy',
    tag,
    summary: 'Ask for the copy of a backup to another vault',
    description:
      'A backup that claims to be Lifeboat’s and cannot be proved is not copied; `unproved`, its name again, has it copied all the same and needs the role `admin`. Asked for again while it is under way, or when it is there, it is the same one. Poll `/copies/{name}` until `result` is there.',
    role: 'operator',
    body: v.strictObject({
      backup: copyRequestSchema.entries.backup,
      from: nameSchema,
      to: nameSchema,
      unproved: copyRequestSchema.entries.unproved,
    }),
    startsRuns: true,
    answers: requestedAnswers,
    problems: { 404: 'There is no such vault or backup' },
    async handle({ installation, caller, reach, quota, body }) {
      assertMayTake(body.unproved, caller);
      await reach.assertBackup(body.from, body.backup);
      const [copy] = await quota.withinCount(1, async () => [await requestCopy(installation, body)]);
      return requested(copy!.run, copy!);
    },
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
