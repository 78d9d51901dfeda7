import { LifeboatError } from '../../shared/errors';

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

/** `a=1,b=2` as a record; throws `invalid` naming the part without a `=`. */
export function keyValues(value: string, previous: Record<string, string> = {}): Record<string, string> {
  return { ...previous, ...pairs(value, '=', 'key=value') };
}

/** `old:new,old2:new2` as a record, the form of Velero's `--namespace-mappings`. */
export function mappings(value: string, previous: Record<string, string> = {}): Record<string, string> {
  return { ...previous, ...pairs(value, ':', 'old:new') };
}

function pairs(value: string, separator: string, form: string): Record<string, string> {
  const record: Record<string, string> = {};
  for (const part of commaSeparated(value)) {
    const at = part.indexOf(separator);
    if (at < 1)
      throw new LifeboatError('invalid', `"${part}" is not of the form ${form}`, { hint: `write ${form}` });
    record[part.slice(0, at)] = part.slice(at + 1);
  }
  return record;
}

/** `true` or `false` for flags that have three states (Velero's `--include-cluster-resources`). */
export function trueOrFalse(value: string): boolean {
  if (value === 'true' || value === 'false') return value === 'true';
  throw new LifeboatError('invalid', `"${value}" is neither true nor false`, { hint: 'write true or false' });
}
