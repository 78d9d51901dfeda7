/** A step of a pattern: a character, a run of characters, or one of several patterns. */
type Step = { takes: (character: string) => boolean; run: boolean } | { either: Step[][] };

/** A place in a pattern: what it takes to go to `next` (or to stay, in a run), and where one may be at once as well. */
interface Place {
  takes?: (character: string) => boolean;
  next: number;
  at: number[];
}

/** Longer than any name, and than any list of names that a person writes in braces. */
export const maxPatternLength = 1_000;

const any = () => true;

/** A compiled glob, whose places are followed one by one. */
export interface GlobPlaces {
  /** Where one is before the first character. */
  start: readonly number[];
  /** Where one is after this character, from any of these places; empty when none takes it. */
  after(here: readonly number[], character: string): readonly number[];
  /** Whether the pattern is matched at one of these places. */
  isEnd(here: readonly number[]): boolean;
}

/**
 * Compiles a glob of github.com/gobwas/glob to a function whose time is the length of the text times that of the pattern,
 * whatever both are: all places of the pattern that the text may have come to are followed at once.
 * @param separator `*` and `?` do not take it, `**` does
 * @throws SyntaxError for a pattern that cannot be understood, or is longer than maxPatternLength
 */
export function linearGlob(pattern: string, separator?: string): (text: string) => boolean {
  const { start, after, isEnd } = globPlaces(pattern, separator);
  return (text) => {
    let here = start;
    for (const character of text) {
      here = after(here, character);
      if (here.length === 0) return false;
    }
    return isEnd(here);
  };
}

/** Compiles a glob to its places. Parameters and errors are those of `linearGlob`. */
export function globPlaces(pattern: string, separator?: string): GlobPlaces {
  if (pattern.length > maxPatternLength) throw new SyntaxError('pattern too long');
  const places: Place[] = [{ next: 0, at: [] }];
  const start = placesOf(new Parser(pattern, separator).steps(), 0, places);
  return {
    start: closure([start], places),
    after(here, character) {
      const next: number[] = [];
      for (const place of here) {
        const { takes, next: target } = places[place]!;
        if (takes?.(character)) next.push(target);
      }
      return next.length === 0 ? next : closure(next, places);
    },
    isEnd: (here) => here.includes(0),
  };
}

/** Adds the places of some steps; gives that of the first. `target` lies behind the last. */
function placesOf(steps: readonly Step[], target: number, places: Place[]): number {
  let behind = target;
  for (const step of [...steps].reverse()) {
    const here = places.length;
    if ('either' in step) {
      places.push({ next: 0, at: [] });
      places[here]!.at = step.either.map((one) => placesOf(one, behind, places));
    } else if (step.run) places.push({ takes: step.takes, next: here, at: [behind] });
    else places.push({ takes: step.takes, next: behind, at: [] });
    behind = here;
  }
  return behind;
}

/** These places and all that one is at with them, each once. */
function closure(from: readonly number[], places: readonly Place[]): number[] {
  const seen = new Uint8Array(places.length);
  const found: number[] = [];
  const waiting = [...from];
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    if (seen[place] === 1) continue;
    seen[place] = 1;
    found.push(place);
    waiting.push(...places[place]!.at);
  }
  return found;
}

class Parser {
  #at = 0;
  readonly #characters: string[];
  readonly #part: (character: string) => boolean;

  constructor(pattern: string, separator: string | undefined) {
    this.#characters = [...pattern];
    this.#part = separator === undefined ? any : (character) => character !== separator;
  }

  steps(): Step[] {
    return this.#steps(false);
  }

  #steps(inBraces: boolean): Step[] {
    const steps: Step[] = [];
    for (; this.#at < this.#characters.length; this.#at++) {
      const character = this.#characters[this.#at]!;
      if (inBraces && (character === ',' || character === '}')) return steps;
      steps.push(this.#step(character));
    }
    if (inBraces) throw new SyntaxError('brace not closed');
    return steps;
  }

  #step(character: string): Step {
    const next = this.#characters[this.#at + 1];
    if (character === '\\' && next !== undefined) {
      this.#at++;
      return one(next);
    }
    if (character === '?') return { takes: this.#part, run: false };
    if (character === '*') return { takes: this.#stars() > 1 ? any : this.#part, run: true };
    if (character === '[') return { takes: this.#class(), run: false };
    return character === '{' ? { either: this.#alternatives() } : one(character);
  }

  #stars(): number {
    let stars = 1;
    for (; this.#characters[this.#at + 1] === '*'; this.#at++) stars++;
    return stars;
  }

  #alternatives(): Step[][] {
    const either: Step[][] = [];
    do {
      this.#at++;
      either.push(this.#steps(true));
    } while (this.#characters[this.#at] === ',');
    return either;
  }

  #class(): (character: string) => boolean {
    const end = this.#characters.indexOf(']', this.#at + 2);
    if (end < 0) throw new SyntaxError('bracket not closed');
    const inside = this.#characters.slice(this.#at + 1, end);
    this.#at = end;
    const negated = inside[0] === '!';
    const ranges = rangesOf(negated ? inside.slice(1) : inside);
    return (character) =>
      ranges.some(([from, to]) => codeOf(character) >= from && codeOf(character) <= to) !== negated;
  }
}

function rangesOf(characters: readonly string[]): [from: number, to: number][] {
  const ranges: [number, number][] = [];
  for (let at = 0; at < characters.length; at++) {
    const from = codeOf(characters[at]!);
    const isRange = characters[at + 1] === '-' && at + 2 < characters.length;
    const to = isRange ? codeOf(characters[at + 2]!) : from;
    if (to < from) throw new SyntaxError('range out of order');
    ranges.push([from, to]);
    if (isRange) at += 2;
  }
  return ranges;
}

function one(character: string): Step {
  return { takes: (other) => other === character, run: false };
}

function codeOf(character: string): number {
  return character.codePointAt(0)!;
}
