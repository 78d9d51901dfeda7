/**
 * What a caller does about a failure: each kind has one exit code (cli/) and one HTTP status (functions/api).
 * - `invalid`: the input is wrong; saying it again will not help
 * - `not-found`: the named thing does not exist
 * - `conflict`: the name is taken by something else, or somebody else holds the lease
 * - `denied`: credentials do not allow it
 * - `corrupt`: what was read is damaged or hostile
 * - `unavailable`: a service did not answer; the same call may work later
 * - `lost-lease`: this attempt is no longer the holder and must stop without writing
 */
export type ErrorKind =
  | 'invalid'
  | 'not-found'
  | 'conflict'
  | 'denied'
  | 'corrupt'
  | 'unavailable'
  | 'lost-lease';

/** An error that a person reads: one line that names the thing, and a hint that names the remedy. Holds no secret. */
export class LifeboatError extends Error {
  readonly kind: ErrorKind;
  /** One sentence: what to do about it. */
  readonly hint?: string;

  constructor(kind: ErrorKind, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'LifeboatError';
    this.kind = kind;
    this.hint = options.hint;
  }
}

/** True for a LifeboatError of the given kind. */
export function isKind(error: unknown, kind: ErrorKind): error is LifeboatError {
  return error instanceof LifeboatError && error.kind === kind;
}

/** True for the error of something that cannot be read, now or when it is asked for again: it is damaged, or may not be read. */
export function isUnreadable(error: unknown): error is LifeboatError {
  return isKind(error, 'corrupt') || isKind(error, 'denied');
}

/** The message of anything thrown, without a stack; a LifeboatError's hint follows in brackets. */
export function messageOf(error: unknown): string {
  if (error instanceof LifeboatError && error.hint) return `${error.message} (${error.hint})`;
  return error instanceof Error ? error.message : String(error);
}
