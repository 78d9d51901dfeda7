import type { FieldChange } from '../../shared/formats/manifests/modifiers/field-diff';
import { printable } from './printable';

/** Longest value that is shown. */
const longest = 120;

/** Changed fields, a line each: `spec.replicas: 2 → 3`, `data.color: + "blue"`, `data.size: - "L"`. */
export function fieldChangeLines(changes: readonly FieldChange[]): string[] {
  return changes.map(({ path, from, to }) => {
    const field = printable(path);
    if (from === undefined) return `${field}: + ${shown(to)}`;
    if (to === undefined) return `${field}: - ${shown(from)}`;
    return `${field}: ${shown(from)} → ${shown(to)}`;
  });
}

function shown(value: unknown): string {
  const json = (JSON.stringify(value) ?? '').replace(/"\\u0000exact-number:([^"]+)"/g, '$1');
  const text = printable(json);
  return text.length <= longest ? text : `${text.slice(0, longest)}… (${text.length} characters)`;
}
