import type { DocumentedResponse } from './documented-response';
import type { Route } from './route';

const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
const retryAfter = {
  'Retry-After': { description: 'Seconds', schema: { type: 'string' } },
};

/** The problems that a route may answer with, by status: those of its kind, and its own. */
export function problemsOf(route: Route): Record<string, DocumentedResponse> {
  const { method, path, body, problems = {} } = route;
  const named = path.includes('{');
  const underWay = method === 'POST' ? 'another call with the Idempotency-Key is under way' : undefined;
  const contended =
    route.conditional === 'write'
      ? 'others change it all the time, or it is not known whether this counted'
      : undefined;
  const lines: Record<string, string | undefined> = {
    400: 'A parameter, a header or the JSON is wrong',
    401: 'No valid token',
    403: 'The role or the scope of the token does not allow it',
    404: problems[404] ?? (named ? 'There is no such thing, or it is out of reach' : undefined),
    409: [problems[409], contended, underWay].filter(Boolean).join('; or ') || undefined,
    412: route.conditional === 'write' ? 'It was changed since the ETag in If-Match' : undefined,
    413: body && 'The body is larger than 1 MiB',
    415: body && 'The body is not declared as JSON',
    422: problems[422] ?? (body && 'The request is not one that can be carried out'),
    429: route.startsRuns ? 'The caller has too many runs open' : undefined,
    500: 'A fault of ours',
    502: 'What is stored is damaged, or denied to the installation',
    503: 'OSS or another service does not answer',
  };
  return Object.fromEntries(
    Object.entries(lines).flatMap(([status, line]) =>
      line === undefined ? [] : [[status, problemAnswer(status, line)]],
    ),
  );
}

function problemAnswer(status: string, description: string): DocumentedResponse {
  return { description, content, ...(status === '429' && { headers: retryAfter }) };
}
