import { STATUS_CODES } from 'node:http';
import { type ErrorKind, LifeboatError } from '../platform/errors';
import { StoreError } from '../platform/oss/store-error';
import { withoutPlaces } from './without-places';

const statuses: Record<ErrorKind, number> = {
  invalid: 422,
  denied: 403,
  'not-found': 404,
  conflict: 409,
  corrupt: 502,
  unavailable: 503,
  'lost-lease': 503,
};

export interface ProblemDetails {
  /** One sentence: what to do about it. */
  hint?: string;
  headers?: Record<string, string>;
}

/** A refusal that is of HTTP alone, and so is no LifeboatError. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly more: ProblemDetails = {},
  ) {
    super(detail);
    this.name = 'Problem';
  }
}

/**
 * RFC 9457: `application/problem+json`. What is neither a problem nor a LifeboatError is told without its message, which may
 * hold anything. What OSS denies is denied to the installation, not to the caller.
 * @param scoped the caller has a scope: no place is told
 * @param reading nothing of the caller's is checked any more: what is wrong is what is stored
 */
export function problem(error: unknown, { reading = false, scoped = false } = {}): Response {
  const shown = (text: string) => (scoped ? withoutPlaces(text) : text);
  if (error instanceof Problem) return problemResponse(error.status, error.detail, error.more);
  if (!(error instanceof LifeboatError)) return problemResponse(500, 'internal error');
  const notTheirs =
    (reading && error.kind === 'invalid') || (error instanceof StoreError && error.kind === 'denied');
  return problemResponse(notTheirs ? statuses.corrupt : statuses[error.kind], shown(error.message), {
    hint: error.hint && shown(error.hint),
  });
}

function problemResponse(status: number, detail: string, { hint, headers }: ProblemDetails = {}): Response {
  const title = STATUS_CODES[status] ?? 'Error';
  const body = { type: 'about:blank', title, status, detail, ...(hint && { hint }) };
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...headers, 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
  });
}
