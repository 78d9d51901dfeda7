import type { RE2JS } from 're2js';

/** Characters of a regular expression: the time of a match grows with them. */
const maxLength = 500;

/** A regular expression that is made ready. */
export interface NamePattern {
  /** Whether it is found anywhere in the text. */
  test(text: string): boolean;
}

/**
 * A regular expression of Go (RE2), found anywhere in the text, as regexp.MatchString does, in linear time: one that a person
 * writes must not hold up everyone. Undefined for what RE2 does not understand, and for one of more than 500 characters.
 */
export function compileNamePattern(source: string): NamePattern | undefined {
  if (source.length > maxLength) return undefined;
  // Few restores have one, and every function would wait for the engine at its start.
  const engine = require('re2js') as { RE2JS: typeof RE2JS };
  try {
    return engine.RE2JS.compile(source);
  } catch {
    return undefined;
  }
}
