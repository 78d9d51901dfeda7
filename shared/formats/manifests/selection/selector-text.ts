import * as v from 'valibot';
import { isKind, LifeboatError } from '../../../platform/errors';
import { fault } from '../../../platform/input/parse';
import { conflictingKey } from './selector-conflict';
import type { LabelSelector } from '../velero';

type Expression = NonNullable<LabelSelector['matchExpressions']>[number];

/**
 * Reads kubectl's selector syntax: `app=web,tier!=cache,env in (a,b),env notin (c),gpu,!spot`.
 * Throws `invalid` naming the part that cannot be read, or the label of which two things are required that no object can have.
 */
export function parseLabelSelector(text: string): LabelSelector {
  const equalities = new Map<string, string>();
  const matchExpressions: Expression[] = [];
  for (const part of splitOutsideParentheses(text)) {
    const [, key, value] = /^([^=!\s]+)\s*={1,2}\s*([^=!\s]*)$/.exec(part) ?? [];
    if (key === undefined || value === undefined) matchExpressions.push(parseExpression(part, text));
    else if ((equalities.get(key) ?? value) !== value) throw conflict(text, key);
    else equalities.set(key, value);
  }
  const selector = {
    ...(equalities.size > 0 && { matchLabels: Object.fromEntries(equalities) }),
    ...(matchExpressions.length > 0 && { matchExpressions }),
  };
  const key = conflictingKey(selector);
  if (key !== undefined) throw conflict(text, key);
  return selector;
}

function conflict(text: string, key: string): LifeboatError {
  return new LifeboatError(
    'invalid',
    `selector "${text}" requires two things of label ${key} that no object can have`,
    { hint: `for objects with one of several values write "${key} in (a,b)", or repeat --or-selector` },
  );
}

function parseExpression(part: string, whole: string): Expression {
  const inequality = /^([^=!\s]+)\s*!=\s*([^=!\s]*)$/.exec(part);
  if (inequality) return { key: inequality[1]!, operator: 'NotIn', values: [inequality[2]!] };
  const set = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(part);
  if (set) {
    const values = set[3]!.split(',').map((value) => value.trim());
    return { key: set[1]!, operator: set[2] === 'in' ? 'In' : 'NotIn', values };
  }
  const presence = /^(!?)\s*([^=!\s()]+)$/.exec(part);
  if (presence) return { key: presence[2]!, operator: presence[1] === '!' ? 'DoesNotExist' : 'Exists' };
  throw new LifeboatError('invalid', `"${part || whole}" is not a label selector`, {
    hint: 'write it as kubectl does, for example app=web,tier!=cache or "env in (a,b)"',
  });
}

function splitOutsideParentheses(text: string): string[] {
  return text.split(/,(?![^(]*\))/).map((part) => part.trim());
}

/** Longest selector that is read, in characters. */
const longest = 1_000;

/** A label selector as kubectl writes it. Empty is refused: it would select everything. */
export const selectorTextSchema = v.pipe(
  v.string(),
  v.check(
    (text) => text.trim() !== '',
    fault('is empty, so it would select everything', 'write it as kubectl does, for example team=shop'),
  ),
  v.maxLength(longest, fault(`has more than ${longest} characters`, 'write several shorter selectors')),
  v.check(
    isSelector,
    fault(
      'is not a label selector that objects can match',
      'write it as kubectl does, for example app=web,tier!=cache or "env in (a,b)"',
    ),
  ),
);

function isSelector(text: string): boolean {
  try {
    parseLabelSelector(text);
    return true;
  } catch (error) {
    if (!isKind(error, 'invalid')) throw error;
    return false;
  }
}
