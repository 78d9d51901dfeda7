import { isObject } from './without-seals';

/**
 * Where things lie and how they are reached, as errors, results and logs quote it: buckets with keys, ARNs of roles and keys,
 * ids of access keys, addresses of API servers.
 */
const places: [RegExp, string][] = [
  [/\boss:\/\/[^\s"'`,;)]*[^\s"'`,;).:]/g, 'oss://…'],
  [
    /\b([Bb]ucket) (?:"[^"\s]{1,63}"|(?=[a-z0-9-]*[a-z0-9] (?:keeps|is|lies|does)\b)[a-z0-9-]{3,63})/g,
    '$1 …',
  ],
  [/\bacs:[a-z0-9-]+:[^\s"'`,;)]*[^\s"'`,;).:]/g, 'acs:…'],
  [/\b(LTAI|STS\.)[A-Za-z0-9._-]{6,}/g, '$1…'],
  [
    /(\bcluster \\?"[^"\\]{0,253}\\?" \(|\banswers at |\bat )https:\/\/[^\s"'`,;)]*[^\s"'`,;).:]/g,
    '$1https://…',
  ],
  // Node.js repeats the address after what failed: net and dns, then tls.checkServerIdentity.
  [
    /\b(connect|read|write|getaddrinfo|query[A-Za-z]+) (E[A-Z_]+) [^\s"'`,;)]+( - Local \([^)\n]{0,80}\))?/g,
    '$1 $2 …',
  ],
  [/(does not match certificate's altnames: )[^\n]+/g, '$1…'],
  [/(\bAPI server's address )\\?"[^"\\]{0,253}\\?"/g, '$1"…"'],
];

/** Fields that hold what callers wrote themselves, or objects of their clusters. */
const asTheyAre = new Set(['spec', 'request', 'labels', 'annotations', 'diff', 'changes', 'metadata']);

/** A text for a caller with a scope. */
export function withoutPlaces(text: string): string {
  return places.reduce((kept, [pattern, stand]) => kept.replace(pattern, stand), text);
}

/** An answer for a caller with a scope: the texts in it, wherever they are. */
export function withoutPlacesIn<T>(value: T): T {
  if (typeof value === 'string') return withoutPlaces(value) as T;
  if (Array.isArray(value)) return value.map(withoutPlacesIn) as T;
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, each]) => [
    key,
    asTheyAre.has(key) ? each : withoutPlacesIn(each),
  ]);
  return Object.fromEntries(entries) as T;
}
