import { isPattern, matcher } from './glob';
import { globPlaces } from './linear-glob';

/** The characters of a namespace's name (RFC 1123 label). */
const nameCharacters = [...'abcdefghijklmnopqrstuvwxyz0123456789-'];
/** A namespace's name has at most 63 characters. */
const longestName = 63;

/** Returns whether some namespace could be in both lists of names and patterns. */
export function overlaps(left: readonly string[], right: readonly string[]): boolean {
  return left.some((one) => right.some((other) => couldBeOne(one, other)));
}

/** Returns whether some namespace's name matches both. Patterns longer than a name are taken to overlap. */
export function couldBeOne(left: string, right: string): boolean {
  if (left === right) return true;
  if (!isPattern(left)) return isPattern(right) ? matcher(right)(left) : false;
  if (!isPattern(right)) return matcher(left)(right);
  if (left === '*' || right === '*') return true;
  if (Math.max(left.length, right.length) > longestName) return true;
  try {
    return haveCommonName(left, right);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return false;
  }
}

/** Follows both patterns through each pair of their places, so the time is at most the product of their short lengths. */
function haveCommonName(left: string, right: string): boolean {
  const [one, other] = [globPlaces(left), globPlaces(right)];
  const seen = new Set<string>();
  const waiting: [number, number][] = [];
  const add = (lefts: readonly number[], rights: readonly number[]) => {
    for (const a of lefts) {
      for (const b of rights) {
        const pair = `${a} ${b}`;
        if (seen.has(pair)) continue;
        seen.add(pair);
        waiting.push([a, b]);
      }
    }
  };
  add(one.start, other.start);
  for (let pair = waiting.pop(); pair; pair = waiting.pop()) {
    const [a, b] = pair;
    if (one.isEnd([a]) && other.isEnd([b])) return true;
    for (const character of nameCharacters) add(one.after([a], character), other.after([b], character));
  }
  return false;
}
