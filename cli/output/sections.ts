/** `Name:   value`, or undefined where there is nothing to say. */
export function field(name: string, value: string | number | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : `${`${name}:`.padEnd(14)}${value}`;
}

/** A blank line, a title and indented lines; nothing where there are none. */
export function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}

/** Fields and sections as one text. */
export function joined(parts: readonly (string | undefined)[]): string {
  return parts.filter((line) => line !== undefined).join('\n');
}

/** `a=1, b=2`. */
export function pairs(record: Record<string, string> | undefined): string {
  return Object.entries(record ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}

const maxLines = 50;

/** The first lines of a long list, and how many more there are. */
export function shortened(lines: readonly string[], where: string): string[] {
  if (lines.length <= maxLines) return [...lines];
  return [...lines.slice(0, maxLines), `… and ${lines.length - maxLines} more: ${where}`];
}
