import { jsonPath } from './json-path';
import type { OutputFormat } from './output-format';

/** A manifest, or a list of them, as text. */
export async function document(value: unknown, format: OutputFormat): Promise<string> {
  if (format === 'json') return JSON.stringify(value, null, 2);
  if (format === 'yaml') return yamlDocument(value);
  if (format === 'name') return namesIn(value).join('\n');
  return jsonPath(format.slice('jsonpath='.length))(value);
}

/** The same in YAML. */
export async function yamlDocument(value: unknown): Promise<string> {
  const { dump } = await import('js-yaml');
  return dump(value, { lineWidth: -1, noRefs: true }).trimEnd();
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
