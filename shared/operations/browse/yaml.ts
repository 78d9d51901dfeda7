import { dump } from 'js-yaml';

/** What an exact number becomes: a string with a NUL, which YAML writes escaped. */
const markedNumber = /"\\0exact-number:([-+.0-9eE]+)"/g;

/** An object as YAML for people and for kubectl: no line is folded, numbers are as they were written. Ends with a newline. */
export function yamlOf(object: unknown): string {
  return dump(plain(object), { lineWidth: -1, noRefs: true }).replace(markedNumber, '$1');
}

/** Only what JSON knows: an exact number is a marked string then. */
function plain(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(plain);
  const { toJSON } = value as { toJSON?: () => unknown };
  if (typeof toJSON === 'function') return toJSON.call(value);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[key, plain(item)]])),
  );
}
