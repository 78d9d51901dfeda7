import type { Matcher } from '../../manifests/glob';

/**
 * The globs of `groupResource` in resource modifiers: github.com/gobwas/glob with `.` between the parts, so that `*` and `?`
 * stay within one part and `**` does not: `*.apps` is `deployments.apps`, `*` is `pods` but not `deployments.apps`.
 */
export function resourceGlob(pattern: string): Matcher {
  let source = '';
  let depth = 0;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!;
    if (character === '*') {
      const deep = pattern[at + 1] === '*';
      while (pattern[at + 1] === '*') at++;
      source += deep ? '.*' : '[^.]*';
    } else if (character === '?') source += '[^.]';
    else if (character === '\\' && at + 1 < pattern.length) source += literal(pattern[++at]!);
    else if (character === '[' && pattern.indexOf(']', at + 2) > 0) {
      const end = pattern.indexOf(']', at + 2);
      const set = pattern.slice(at + 1, end);
      source += `[${set.startsWith('!') ? '^' : ''}${set.replace(/^!/, '').replace(/[\\\]^]/g, '\\$&')}]`;
      at = end;
    } else if (character === '{') {
      depth++;
      source += '(?:';
    } else if (character === '}' && depth > 0) {
      depth--;
      source += ')';
    } else source += character === ',' && depth > 0 ? '|' : literal(character);
  }
  try {
    const compiled = new RegExp(`^${source}$`, 's');
    return (text) => compiled.test(text);
  } catch {
    return () => false;
  }
}

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
