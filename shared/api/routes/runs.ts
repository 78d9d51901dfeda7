import * as v from 'valibot';
import { LifeboatError } from '../../platform/errors';
import { cancel } from '../../app/runs/cancel';
import { runLog } from '../../app/runs/run-log';
import type { RunKind } from '../../formats/manifests/run';
import { runKinds, runWord } from '../../formats/state/run-keys';
import { findRun, type Run } from '../../formats/state/run/runs';
import { backupRun, copyRun, planRun, restoreRun, runKindSchema, runList } from '../answers/runs';
import { pageQuery } from '../page';
import { type Call, type Route, route } from '../route';
import { runPage } from '../run-page';
import { emptyBody, namePath } from './manifest-routes';

/** What Function Compute lets an answer hold, with room to spare. */
const maxLog = 4 * 1024 * 1024;

const openFilter = v.optional(v.pipe(v.boolean(), v.description('Only those that are not finished')), false);

/** Throws `not-found` also for a run that is out of the caller's reach. */
export async function reachedRun({ installation, reach }: Call, kind: RunKind, name: string): Promise<Run> {
  const run = await findRun(installation.state.store, { kind, name });
  if (run && (await reach.run(run.request))) return run;
  throw new LifeboatError('not-found', `nobody asked for ${runWord(kind)} "${name}"`);
}

/** The end of a text that comes in pieces: at most so much of it. */
async function lastOf(pieces: AsyncIterable<Buffer>): Promise<string> {
  const kept: Buffer[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    kept.push(piece);
    bytes += piece.length;
    while (bytes - kept[0]!.length >= maxLog) bytes -= kept.shift()!.length;
  }
  return Buffer.concat(kept).subarray(-maxLog).toString('utf8');
}

const runAnswers = { backups: backupRun, restores: restoreRun, plans: planRun, copies: copyRun } as const;

/** `GET /<kind>/{name}/log` and `POST /<kind>/{name}/cancel`. */
export function runActions(kind: RunKind, tag: string): Route[] {
  const word = runWord(kind);
  const Word = `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
  const content = runAnswers[kind];
  return [
    route({
      method: 'GET',
      path: `/${kind}/{name}/log`,
      id: `get${Word}Log`,
      tag,
      summary: `The log of a ${word}, also while it goes on: the last 4 MiB of it`,
      role: 'viewer',
      parameters: namePath,
      answers: { 200: { description: 'The log', content: 'text' } },
      async handle(call) {
        const { name } = await reachedRun(call, kind, call.path.name);
        return { status: 200, body: await lastOf(runLog(call.installation, { kind, name })) };
      },
    }),
    route({
      method: 'POST',
      path: `/${kind}/{name}/cancel`,
      id: `cancel${Word}`,
      tag,
      summary: `End a ${word} that is under way`,
      role: 'operator',
      parameters: namePath,
      body: emptyBody,
      answers: {
        200: { description: 'It has ended', content },
        202: {
          description: 'Its worker will end it, or the next tick where it has none',
          content,
          headers: { location: 'Where to look' },
        },
      },
      problems: { 409: 'It cannot be cancelled any more' },
      async handle(call) {
        const { name } = await reachedRun(call, kind, call.path.name);
        const result = await cancel(call.installation, { kind, name });
        const body = await reachedRun(call, kind, name);
        if (result) return { status: 200, body };
        return { status: 202, body, headers: { location: `/${kind}/${name}` } };
      },
    }),
  ];
}

export const runRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/runs',
    id: 'listRuns',
    tag: 'Runs',
    summary: 'List backups, restores, plans and copies as they were asked for, by kind and name',
    description: 'Those that ended are kept for 35 days. One of them is shown at `/<kind>/{name}`.',
    role: 'viewer',
    query: v.strictObject({ ...pageQuery, kind: v.optional(runKindSchema), open: openFilter }),
    answers: { 200: { description: 'A page of the list', content: runList } },
    async handle(call) {
      const { kind } = call.query;
      return {
        status: 200,
        body: await runPage(call, kind ? [kind] : runKinds, call.query),
      };
    },
  }),
];
