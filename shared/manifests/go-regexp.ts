/**
 * A regular expression of Go (RE2) as one of JavaScript: found anywhere in the text, as regexp.MatchString does. Undefined for
 * what neither or only Go understands.
 */
export function compileNamePattern(source: string): RegExp | undefined {
  const [, flags = ''] = /^\(\?([ims]+)\)/.exec(source) ?? [];
  const body = source
    .slice(flags === '' ? 0 : flags.length + 3)
    .replaceAll('(?P<', '(?<')
    .replaceAll('\\A', '^')
    .replaceAll('\\z', '$');
  try {
    return new RegExp(body, flags);
  } catch {
    return undefined;
  }
}
