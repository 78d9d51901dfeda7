import * as v from 'valibot';
import { maxPatternLength } from './linear-glob';
import { fault } from '../../../platform/input/parse';

/**
 * Lists of names or patterns, with Velero's rules: `*` alone or not at all in an include list, and not in an exclude list
 * (pkg/util/collections/includes_excludes.go).
 */
const entry = v.pipe(
  v.string(),
  v.regex(/^\S+$/, fault('is empty or has a space in it', 'name one thing an entry')),
  v.maxLength(
    maxPatternLength,
    fault(`has more than ${maxPatternLength} characters`, 'write several shorter entries'),
  ),
);

export const includesSchema = v.pipe(
  v.array(entry),
  v.check(
    (list) => !list.includes('*') || list.length === 1,
    fault('has "*" beside other entries', 'give "*" alone, or leave it out'),
  ),
);

export const excludesSchema = v.pipe(
  v.array(entry),
  v.check(
    (list) => !list.includes('*'),
    fault('excludes "*", so nothing would be left', 'name what to exclude'),
  ),
);

/** Namespace patterns are Velero 1.18's: `*`, `?`, `[abc]`. */
const forbiddenInPattern = /\*\*|[|()!{},]/;
const checkPatterns = v.check(
  (list: string[]) => !list.some((name) => forbiddenInPattern.test(name)),
  fault('has a pattern that is not understood', 'use "*", "?" and "[abc]" only'),
);

export const includedNamespacesSchema = v.pipe(includesSchema, checkPatterns);
export const excludedNamespacesSchema = v.pipe(excludesSchema, checkPatterns);

/** The names that stand in both lists. */
export function inBoth(included: readonly string[] = [], excluded: readonly string[] = []): string[] {
  return included.filter((name) => excluded.includes(name));
}
