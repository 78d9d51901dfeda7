import { randomBytes } from 'node:crypto';

/**
 * JSON whose integers beyond 2^53 survive, as they do in a real API server (int64): such a number is parsed to a
 * bigint, every other to a number. Most texts hold none and take the fast way.
 */

const marker = `\u0001int64-${randomBytes(6).toString('hex')}:`;
const markedNumber = new RegExp(
  `"${JSON.stringify(marker).slice(1, -1).replace(/\\/g, '\\\\')}(-?\\d+)"`,
  'g',
);
const stringOrLongInteger = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;
const maxInt64 = 2n ** 63n - 1n;

/** Parses JSON text; throws SyntaxError as JSON.parse does. */
export function parseJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  let marked = false;
  const replaced = text.replace(stringOrLongInteger, (token) => {
    if (token.startsWith('"') || Number.isSafeInteger(Number(token)) || !isInt64(token)) return token;
    marked = true;
    return JSON.stringify(marker + token);
  });
  if (!marked) return JSON.parse(text);
  return JSON.parse(replaced, (_key, value) =>
    typeof value === 'string' && value.startsWith(marker) ? BigInt(value.slice(marker.length)) : value,
  );
}

/** The JSON text of a value that may hold bigints. */
export function formatJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  return JSON.stringify(value, (_key, inner) =>
    typeof inner === 'bigint' ? marker + inner.toString() : inner,
  ).replace(markedNumber, '$1');
}

/** A deep copy of a JSON value that may hold bigints. */
export function copyJson<T>(value: T): T {
  return structuredClone(value);
}

function isInt64(token: string): boolean {
  const value = BigInt(token);
  return value <= maxInt64 && value >= -maxInt64 - 1n;
}
