import { isDeepStrictEqual } from 'node:util';
import { ruleFor } from './may-differ';
import type { Around } from './rule';

/** The labels of a restore must be there also where the archived object has those of an earlier one. */
const restoreLabel = /^metadata\.labels\["velero\.io\/(backup|restore)-name"\]$/;

/** Every path at which the live object is neither as archived nor as the rule for that field wants it. */
export function differences(around: Around): string[] {
  return differ(around.archived, around.live, '', around);
}

function differ(was: unknown, is: unknown, path: string, around: Around): string[] {
  if (isDeepStrictEqual(was, is) && !restoreLabel.test(path)) return [];
  const rule = path === '' ? undefined : ruleFor(path, was, is, around);
  if (rule?.holds) return [];
  const nested = isNested(was) || isNested(is);
  if (!nested || (rule && !rule.holds && !isNested(was) && !isNested(is)))
    return [`${path}: ${short(was)} → ${short(is)}${rule ? ` (${rule.reason})` : ''}`];
  if ((was !== undefined && !isNested(was)) || (is !== undefined && !isNested(is)))
    return [`${path}: ${short(was)} → ${short(is)}`];
  const left = (was ?? {}) as Record<string, unknown>;
  const right = (is ?? {}) as Record<string, unknown>;
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  // An empty map or list beside none at all.
  if (keys.length === 0) return [`${path}: ${short(was)} → ${short(is)}`];
  return keys.flatMap((key) => differ(left[key], right[key], step(path, key, was ?? is), around));
}

function step(path: string, key: string, parent: unknown): string {
  if (Array.isArray(parent)) return `${path}[${key}]`;
  return /^\w+$/.test(key) ? `${path}.${key}`.replace(/^\./, '') : `${path}["${key}"]`;
}

function isNested(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function short(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, 120);
}
