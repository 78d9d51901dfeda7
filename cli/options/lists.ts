import { LifeboatError } from '../../shared/platform/errors';

/**
 * A repeatable flag with comma-separated values, as commander's argument parser: `--x a,b --x c`. Throws `invalid` for one that
 * names nothing: an empty variable of a shell must not come to mean everything.
 */
export function commaSeparated(value: string, previous: string[] = []): string[] {
  const values = value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (values.length === 0) {
    throw new LifeboatError('invalid', 'a list that is given is empty', {
      hint: 'name one thing or more, with commas between, or leave the flag out',
    });
  }
  return [...previous, ...values];
}

/** `a=1,b=2` as a record; throws `invalid` naming the part without a `=`, or the key that has two values. */
export function keyValues(value: string, previous: Record<string, string> = {}): Record<string, string> {
  return pairs(value, previous, '=', 'key=value');
}

/** `old:new,old2:new2` as a record, the form of Velero's `--namespace-mappings`. */
export function mappings(value: string, previous: Record<string, string> = {}): Record<string, string> {
  return pairs(value, previous, ':', 'old:new');
}

function pairs(
  text: string,
  previous: Readonly<Record<string, string>>,
  separator: string,
  form: string,
): Record<string, string> {
  const found = new Map(Object.entries(previous));
  for (const part of commaSeparated(text)) {
    const at = part.indexOf(separator);
    if (at < 1)
      throw new LifeboatError('invalid', `"${part}" is not of the form ${form}`, { hint: `write ${form}` });
    const key = part.slice(0, at);
    const value = part.slice(at + 1);
    if ((found.get(key) ?? value) !== value) {
      throw new LifeboatError('invalid', `"${key}" is given two values: ${found.get(key)} and ${value}`, {
        hint: 'keep one of the two',
      });
    }
    found.set(key, value);
  }
  return Object.fromEntries(found);
}

/** `true` or `false` for flags that have three states (Velero's `--include-cluster-resources`). */
export function trueOrFalse(value: string): boolean {
  if (value === 'true' || value === 'false') return value === 'true';
  throw new LifeboatError('invalid', `"${value}" is neither true nor false`, { hint: 'write true or false' });
}
