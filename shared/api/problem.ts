import { type ErrorKind, LifeboatError } from '../errors';

const statuses: Record<ErrorKind, number> = {
  invalid: 400,
  denied: 403,
  'not-found': 404,
  conflict: 409,
  corrupt: 422,
  unavailable: 503,
  'lost-lease': 503,
};

/** RFC 9457: `application/problem+json`. What is no LifeboatError is told without its message, which may hold anything. */
export function problem(error: unknown): Response {
  if (!(error instanceof LifeboatError)) return problemResponse(500, 'internal error');
  return problemResponse(statuses[error.kind], error.message, error.hint);
}

export function problemResponse(status: number, detail: string, hint?: string): Response {
  return new Response(JSON.stringify({ type: 'about:blank', status, detail, ...(hint && { hint }) }), {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
  });
}
