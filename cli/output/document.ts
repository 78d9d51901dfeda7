import { dump } from 'js-yaml';
import { LifeboatError } from '../../shared/errors';
import { jsonPath } from './json-path';

/** What `-o` takes; without it a command prints a table or a sentence. */
export type OutputFormat = 'json' | 'yaml' | 'name' | `jsonpath=${string}`;

/** Checks the value of `-o`. */
export function outputFormat(value: string): OutputFormat {
  if (value === 'json' || value === 'yaml' || value === 'name') return value;
  if (value.startsWith('jsonpath=')) {
    jsonPath(value.slice('jsonpath='.length));
    return value as OutputFormat;
  }
  throw new LifeboatError('invalid', `-o ${value} is not an output format`, {
    hint: "use -o json, yaml, name or jsonpath='{.metadata.name}'",
  });
}

/** A manifest, or a list of them, as text. */
export function document(value: unknown, format: OutputFormat): string {
  if (format === 'json') return JSON.stringify(value, null, 2);
  if (format === 'yaml') return dump(value, { lineWidth: -1, noRefs: true }).trimEnd();
  if (format === 'name') return namesIn(value).join('\n');
  return jsonPath(format.slice('jsonpath='.length))(value);
}

/** kubectl's `kind/name`, one a line. */
function namesIn(value: unknown): string[] {
  const { items } = (value ?? {}) as { items?: unknown };
  return (Array.isArray(items) ? items : [value]).map((item) => {
    const { kind, name, metadata } = (item ?? {}) as {
      kind?: string;
      name?: string;
      metadata?: { name?: string };
    };
    const own = name ?? metadata?.name ?? '';
    return kind === undefined ? own : `${kind.toLowerCase()}/${own}`;
  });
}
