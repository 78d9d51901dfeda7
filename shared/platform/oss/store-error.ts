import { type ErrorKind, LifeboatError } from '../errors';

/** What is known of a failed OSS call. Nothing in it comes from a body or a header but codes and ids. */
export interface StoreFailure {
  /** The call as OSS names it: `PutObject`, `UploadPart`. */
  op: string;
  /** `oss://bucket/prefix/key`. */
  place: string;
  /** OSS's error code, or Node's (`ECONNRESET`) when there was no answer. */
  code: string;
  status?: number;
  requestId?: string;
  /** OSS's fine-grained code; for people only. */
  ec?: string;
  /** The same call may succeed when repeated. */
  transient: boolean;
  /** OSS may have carried the call out although it did not say so. */
  ambiguous: boolean;
  /** OSS's time, when there was an answer. */
  date?: Date;
  /** Least wait before the next try, in milliseconds. */
  delay?: number;
  /** Where the bucket lies, when OSS says that it is not in the region that was asked. */
  region?: string;
}

/** The error of every failed store call: a LifeboatError that still knows OSS's code. */
export class StoreError extends LifeboatError {
  readonly failure: StoreFailure;

  constructor(kind: ErrorKind, failure: StoreFailure, hint?: string) {
    super(kind, describe(failure), { hint });
    this.failure = failure;
  }

  get code(): string {
    return this.failure.code;
  }
}

/** True for an OSS error with one of these codes. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof StoreError && codes.includes(error.code);
}

/** True for a call that ended without an answer: the connection broke, stayed silent or never stood. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof StoreError && error.failure.status === undefined;
}

function describe({ op, place, code, status, requestId, ec }: StoreFailure): string {
  const details = [status && `status ${status}`, requestId && `request ${requestId}`, ec && `EC ${ec}`];
  const known = details.filter(Boolean).join(', ');
  return `${op} ${place}: ${code}${known ? ` (${known})` : ''}`;
}
