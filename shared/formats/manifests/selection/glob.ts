import { linearGlob } from './linear-glob';

/**
 * The globs of Velero's filters (github.com/gobwas/glob without separators): `*` any run, `?` one character, `[abc]`,
 * `[a-z]`, `[!abc]`, `{one,two}`, and `\` before a character meant as itself. Matched in linear time.
 */
export type Matcher = (text: string) => boolean;

/** Whether Velero expands this name of a namespace against the cluster (pkg/util/wildcard, containsWildcardPattern). */
export function isPattern(text: string): boolean {
  return /[*?[]/.test(text);
}

/** What is wrong with a namespace pattern, or undefined (pkg/util/wildcard, ValidateNamespaceName). */
export function patternFault(pattern: string): string | undefined {
  if (/[|()!{},]/.test(pattern)) return `namespace pattern ${pattern} holds one of | ( ) ! { } ,`;
  if (pattern.includes('**')) return `namespace pattern ${pattern} has two * in a row`;
  const outside = pattern.replace(/\[[^\]]+\]/g, '');
  if (/[[\]]/.test(outside)) return `namespace pattern ${pattern} has an empty or unmatched bracket`;
  return undefined;
}

/** Whether a pattern matches itself and nothing else. */
export function isLiteral(pattern: string): boolean {
  return !/[*?[{\\]/.test(pattern);
}

/** A pattern that cannot be understood matches nothing, as in Velero. */
export function matcher(pattern: string): Matcher {
  if (isLiteral(pattern)) return (text) => text === pattern;
  return orNothing(() => linearGlob(pattern));
}

/** What `compile` gives, or a matcher of nothing for a pattern that cannot be understood. */
export function orNothing(compile: () => Matcher): Matcher {
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return () => false;
  }
}
