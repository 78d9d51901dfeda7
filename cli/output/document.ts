import { dump } from 'js-yaml';
import { LifeboatError } from '../../shared/errors';

/** What `-o` takes; without it a command prints a table or a sentence. */
export type OutputFormat = 'json' | 'yaml';

/** Checks the value of `-o`. */
export function outputFormat(value: string): OutputFormat {
  if (value === 'json' || value === 'yaml') return value;
  throw new LifeboatError('invalid', `-o ${value} is not an output format`, {
    hint: 'use -o json or -o yaml',
  });
}

/** A manifest, or a list of them, as text. */
export function document(value: unknown, format: OutputFormat): string {
  return format === 'json'
    ? JSON.stringify(value, null, 2)
    : dump(value, { lineWidth: -1, noRefs: true }).trimEnd();
}
