import * as v from 'valibot';
import { LifeboatError } from '../errors';
import { assertNoListForObject } from './list-for-object';

type Schema = v.GenericSchema<unknown, unknown>;

/**
 * Checks `value` and fills in defaults. Throws LifeboatError `invalid` with one line that names the thing and the first
 * field that is wrong; the hint says what the field takes.
 * @param what how a message names it: `vault "main"`, `the request`
 */
export function parse<S extends Schema>(schema: S, value: unknown, what: string): v.InferOutput<S> {
  const outcome = v.safeParse(schema, value, { abortEarly: true });
  if (outcome.success) {
    assertNoListForObject(value, outcome.output, what);
    return outcome.output;
  }
  const issue = outcome.issues[0];
  const field = v.getDotPath(issue as v.BaseIssue<unknown>);
  const { fault, remedy } = explain(issue as v.BaseIssue<unknown>);
  const others = outcome.issues.length - 1;
  throw new LifeboatError('invalid', `${what}: ${field ? `${field} ` : ''}${fault}`, {
    hint: others > 0 ? `${remedy}; ${others} more wrong` : remedy,
  });
}

/** As `parse`, of JSON text. */
export function parseJson<S extends Schema>(
  schema: S,
  text: Buffer | string,
  what: string,
): v.InferOutput<S> {
  return parse(schema, jsonValue(text, what), what);
}

/** JSON.parse with an error that names the thing and quotes nothing of it. */
export function jsonValue(text: Buffer | string, what: string): unknown {
  try {
    return JSON.parse(text.toString());
  } catch {
    throw new LifeboatError('invalid', `${what} is not valid JSON`, { hint: 'write it again as JSON' });
  }
}

/**
 * The message of a check: what is wrong, then the remedy, on two lines.
 * Kept in one string because valibot carries one message per check.
 */
export function fault(text: string, remedy: string): string {
  return `${text}\n${remedy}`;
}

function explain(issue: v.BaseIssue<unknown>): { fault: string; remedy: string } {
  const [text, remedy] = issue.message.split('\n');
  if (remedy !== undefined) return { fault: text!, remedy };
  if (issue.type === 'strict_object') {
    if (issue.expected === 'never')
      return { fault: 'is not a known field', remedy: 'remove it or correct its spelling' };
    if (issue.received === 'undefined') return { fault: 'is missing', remedy: 'add it' };
  }
  // A check whose message is the remedy alone.
  if (issue.kind === 'validation') return { fault: 'is wrong', remedy: issue.message };
  if (issue.received === 'undefined')
    return { fault: 'is missing', remedy: `add it; it takes ${kind(issue)}` };
  return { fault: `must be ${kind(issue)}`, remedy: `correct its value` };
}

const kinds: Record<string, string> = {
  string: 'a string',
  boolean: 'true or false',
  number: 'a number',
  array: 'a list',
  record: 'an object',
  strict_object: 'an object',
};

function kind(issue: v.BaseIssue<unknown>): string {
  return (
    kinds[issue.type] ??
    `one of ${issue.expected ?? 'the allowed values'}`.replaceAll('(', '').replaceAll(')', '')
  );
}
