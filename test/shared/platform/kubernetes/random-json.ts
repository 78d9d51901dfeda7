import fc from 'fast-check';
import type { JsonPath } from '../../../../shared/platform/kubernetes/spans';

/** Strings that a scanner of JSON trips over. */
const trickyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    '"',
    '\\',
    '\\"',
    '\\\\',
    '{',
    '}]',
    ',":',
    'items',
    'metadata',
    '\u2028',
    '😀',
    '\u0000',
    'kind',
  ),
  fc.array(fc.constantFrom('\\', '"', 'a'), { maxLength: 12 }).map((parts) => parts.join('')),
  // Longer than the part of a string that is looked at byte by byte.
  fc
    .tuple(fc.integer({ min: 80, max: 300 }), fc.string({ maxLength: 3 }))
    .map(([n, end]) => `${'x'.repeat(n)}${end}`),
  fc
    .tuple(fc.integer({ min: 80, max: 120 }), fc.integer({ min: 0, max: 4 }))
    .map(([n, escapes]) => `${'x'.repeat(n)}${'\\'.repeat(escapes)}"${'y'.repeat(n)}`),
);

export const randomKey = fc.oneof(
  trickyText,
  fc.constantFrom('apiVersion', 'kind', 'metadata', 'items', 'name', 'spec'),
);

/** Any JSON value, without `__proto__` keys, which object literals cannot hold. */
export const randomJson = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (Object.is(number, -0) ? 0 : number)),
    trickyText,
    fc.array(tie('value'), { maxLength: 5 }),
    tie('object'),
  ),
  object: fc.dictionary(
    randomKey.filter((key) => key !== '__proto__'),
    tie('value'),
    { maxKeys: 6, noNullPrototype: true },
  ),
}));

/** How a JSON text may be laid out, all of it the same value. */
export const layout = fc.record({
  indent: fc.constantFrom(0, 1, 4),
  /** Writes every character of every string as \uXXXX. */
  escaped: fc.boolean(),
});

/** The value as text in this layout. */
export function textOf(value: unknown, { indent, escaped }: { indent: number; escaped: boolean }): string {
  const text = JSON.stringify(value, null, indent);
  if (!escaped) return text;
  return text.replace(/"((?:[^"\\]|\\.)*)"/gs, (_, inner: string) => {
    const plain = JSON.parse(`"${inner}"`) as string;
    return `"${[...Array(plain.length).keys()].map((i) => `\\u${plain.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')}"`;
  });
}

/** Every path there is in a value, the root's included. */
export function pathsOf(value: unknown): JsonPath[] {
  const inner =
    typeof value !== 'object' || value === null
      ? []
      : Array.isArray(value)
        ? value.map((each, index) => [index, each] as const)
        : Object.entries(value);
  return [[], ...inner.flatMap(([step, each]) => pathsOf(each).map((path) => [step, ...path]))];
}
