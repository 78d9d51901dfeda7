/**
 * The globs of Velero's filters (github.com/gobwas/glob without separators): `*` any run, `?` one character, `[abc]`,
 * `[a-z]`, `[!abc]`, `{one,two}`, and `\` before a character meant as itself. Compiled to nothing that can backtrack far:
 * runs are the only repetition.
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

/** A pattern that cannot be understood matches nothing, as in Velero. */
export function matcher(pattern: string): Matcher {
  if (!/[*?[{\\]/.test(pattern)) return (text) => text === pattern;
  let source: RegExp;
  try {
    source = new RegExp(`^${translate(pattern)}$`, 'su');
  } catch {
    return () => false;
  }
  return (text) => source.test(text);
}

function translate(pattern: string): string {
  let out = '';
  let depth = 0;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!;
    if (character === '\\' && at + 1 < pattern.length) out += literal(pattern[++at]!);
    else if (character === '*') {
      while (pattern[at + 1] === '*') at++;
      out += '.*';
    } else if (character === '?') out += '.';
    else if (character === '[') {
      const end = pattern.indexOf(']', at + 2);
      if (end < 0) throw new SyntaxError('bracket not closed');
      out += characterClass(pattern.slice(at + 1, end));
      at = end;
    } else if (character === '{') {
      out += '(?:';
      depth++;
    } else if (character === '}' && depth > 0) {
      out += ')';
      depth--;
    } else if (character === ',' && depth > 0) out += '|';
    else out += literal(character);
  }
  if (depth > 0) throw new SyntaxError('brace not closed');
  return out;
}

function characterClass(inside: string): string {
  const negated = inside.startsWith('!');
  const characters = (negated ? inside.slice(1) : inside).replace(/[\\\]^[&]/g, '\\$&');
  return `[${negated ? '^' : ''}${characters}]`;
}

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
