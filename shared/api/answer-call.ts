import type { Context } from 'hono';
import * as v from 'valibot';
import { LifeboatError } from '../platform/errors';
import type { Installation } from '../app/installation';
import { parse } from '../platform/input/parse';
import { type Caller, mayAs } from './caller';
import { type Conditions, conditionsOf } from './conditions';
import { idempotently, idempotencyKey } from './idempotency';
import { jsonBody } from './json-body';
import { openRunQuota } from './open-run-quota';
import { parseParameters } from './parameters';
import { Problem, problem } from './problem';
import { reachOf } from './reach';
import type { Answer, Call, Route } from './route';
import { withoutPlacesIn } from './without-places';

const noQuery = v.strictObject({});

interface Carrier {
  caller: Caller;
  open(): Promise<Installation>;
  openRuns?: number;
}

/** Checks a call by the schemas of its route and carries it out in the name of its caller. Never throws. */
export async function answerCall(
  route: Route,
  context: Context,
  { caller, open, openRuns }: Carrier,
): Promise<Response> {
  const reading = route.method === 'GET';
  const scoped = caller.clusters !== undefined;
  let checked = false;
  try {
    if (route.role !== 'anyone' && !mayAs(caller.role, route.role)) throw tooLittle(caller, route);
    const path = route.parameters ? parseParameters(route.parameters, context.req.param(), 'the path') : {};
    const query = queryOf(route, new URL(context.req.url).searchParams);
    const conditions = conditionsFor(route, context.req.raw);
    const key = route.method === 'POST' ? idempotencyKey(context.req.raw) : undefined;
    const raw = route.body ? await jsonBody(context.req.raw) : undefined;
    const body = route.body ? parse(route.body, raw, 'the request') : {};
    checked = true;
    const opened = await open();
    // Whatever is written down is written in the name of the caller.
    const installation = { ...opened, holder: `${caller.name} (${opened.holder})` };
    const reach = reachOf(caller, installation);
    const quota = openRunQuota(caller, installation, openRuns);
    const call: Call = { installation, caller, reach, quota, conditions, path, query, body };
    const answer = async () => {
      const { body: said, ...rest } = await route.handle(call);
      return responseOf({ ...rest, body: scoped ? withoutPlacesIn(said) : said });
    };
    if (key === undefined) return await answer();
    // A call without a condition or a query keeps the fingerprint that earlier releases gave it.
    const { ifMatch } = conditions;
    const { search } = new URL(context.req.url);
    const said = [
      route.method,
      context.req.path,
      raw,
      ...(ifMatch ? [ifMatch] : []),
      ...(search ? [search] : []),
    ];
    const asked = { caller: caller.id, key, said };
    return await idempotently(installation, asked, answer);
  } catch (error) {
    return problem(error, { reading: reading && checked, scoped });
  }
}

/** A condition that the route does not look at must not pass for one that holds. */
function conditionsFor(route: Route, request: Request): Conditions {
  const conditions = conditionsOf(request);
  if (conditions.ifMatch === undefined || route.conditional === 'write') return conditions;
  throw new Problem(400, 'If-Match is not for this operation', { hint: 'leave it out' });
}

function queryOf(route: Route, given: URLSearchParams): unknown {
  const texts: Record<string, string> = {};
  // As Function Compute joins them.
  for (const [name, value] of given) texts[name] = name in texts ? `${texts[name]},${value}` : value;
  return parseParameters(route.query ?? noQuery, texts, 'the query');
}

function tooLittle({ role }: Caller, route: Route): LifeboatError {
  return new LifeboatError('denied', `the role ${role} does not allow it`, {
    hint: `it takes the role ${route.role}`,
  });
}

function responseOf({ status, body, headers }: Answer): Response {
  const common = { ...headers, 'cache-control': 'no-store' };
  if (body === undefined) return new Response(null, { status, headers: common });
  const [text, type] =
    typeof body === 'string'
      ? [body, 'text/plain; charset=utf-8']
      : [JSON.stringify(body), 'application/json'];
  return new Response(text, { status, headers: { ...common, 'content-type': type } });
}
