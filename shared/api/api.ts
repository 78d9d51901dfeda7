import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Installation } from '../app/installation';
import { type CallerOptions, callerOf } from './caller';
import { answerCall } from './answer-call';
import { problem, Problem } from './problem';
import type { Route } from './route';
import { routes } from './routes';

export interface ApiOptions extends CallerOptions {
  /** Called once a caller is known, or looks like one. */
  open(): Promise<Installation>;
  /** How many runs that one caller asked for may be open at once. */
  openRuns?: number;
}

const maxBody = 1024 * 1024;

/**
 * The HTTP API: the operations of routes.ts, and `GET /openapi.json`, the document made from the schemas by which they check.
 * Every error is problem+json: 401 without valid credentials, 403 for what their role or scope does not allow.
 */
export function createApi(options: ApiOptions): Hono {
  const api = new Hono();
  api.onError((error) => problem(error));
  api.notFound(() =>
    problem(new Problem(404, 'there is no such path', { hint: 'GET /openapi.json tells which there are' })),
  );
  api.use(
    bodyLimit({
      maxSize: maxBody,
      onError: () => problem(new Problem(413, 'the body is too large', { hint: 'send at most 1 MiB' })),
    }),
  );
  api.get('/openapi.json', async (call) => {
    const { apiDocument } = await import('./document');
    return call.json(apiDocument());
  });
  const opener = once(options.open);
  for (const route of routes) {
    api.on(route.method, honoPath(route.path), async (call: Context) => {
      const caller = await callerOf(call.req.header('authorization'), opener, options, call.env?.vouched);
      if (!caller) {
        throw new Problem(401, 'the bearer token is missing, wrong or expired', {
          hint: 'send Authorization: Bearer <token>; `lifeboat token create` makes one',
          headers: { 'www-authenticate': 'Bearer' },
        });
      }
      return answerCall(route, call, { caller, open: opener, openRuns: options.openRuns });
    });
  }
  for (const [path, allow] of methodsByPath(routes)) {
    api.all(honoPath(path), (call) => {
      throw new Problem(405, `${call.req.method} is not for this path`, {
        hint: `use ${allow.join(' or ')}`,
        headers: { allow: allow.join(', ') },
      });
    });
  }
  return api;
}

/** `/a/{b}` → `/a/:b`. */
function honoPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

function methodsByPath(all: readonly Route[]): Map<string, string[]> {
  const methods = new Map([['/openapi.json', ['GET']]]);
  for (const { path, method } of all) methods.set(path, [...(methods.get(path) ?? []), method]);
  return methods;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
