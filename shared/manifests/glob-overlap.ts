import { matcher } from './glob';

/** Whether some name could be in both lists of names and patterns; two patterns are taken to overlap. */
export function overlaps(left: readonly string[], right: readonly string[]): boolean {
  return left.some((one) => right.some((other) => couldBeOne(one, other)));
}

function couldBeOne(left: string, right: string): boolean {
  const patterns = [left, right].filter((name) => /[*?[]/.test(name));
  if (patterns.length === 0) return left === right;
  return patterns.length === 2 || matcher(patterns[0]!)(patterns[0] === left ? right : left);
}
