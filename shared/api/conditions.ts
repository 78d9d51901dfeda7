import { contentDigest } from '../formats/state/manifests/content-digest';
import { Problem } from './problem';

/** The tags of an `If-Match` or `If-None-Match`, without their quotes; `*` for any. */
type Tags = '*' | readonly string[];

/** The conditions of a request (RFC 9110, section 13). */
export interface Conditions {
  ifMatch?: Tags;
  ifNoneMatch?: Tags;
}

interface Manifest {
  kind: string;
  metadata: { name: string };
}

/** Throws a problem 400 for a header that is not a list of entity tags. */
export function conditionsOf({ headers }: Request): Conditions {
  const ifMatch = tagsOf('If-Match', headers.get('if-match'));
  const ifNoneMatch = tagsOf('If-None-Match', headers.get('if-none-match'));
  return { ...(ifMatch && { ifMatch }), ...(ifNoneMatch && { ifNoneMatch }) };
}

const listForm = /^\s*(W\/)?"[\x21\x23-\x7e]*"\s*(,\s*(W\/)?"[\x21\x23-\x7e]*"\s*)*$/;
const longestHeader = 2_000;

function tagsOf(name: string, text: string | null): Tags | undefined {
  if (text === null) return undefined;
  if (text.trim() === '*') return '*';
  if (text.length > longestHeader || !listForm.test(text)) {
    throw new Problem(400, `${name} is not a list of entity tags`, {
      hint: 'send the ETag of an answer as it is, with its quotes',
    });
  }
  return [...text.matchAll(/(W\/)?"([^"]*)"/g)].map(([, weak = '', tag]) => weak + tag);
}

/**
 * The ETag of a manifest; with what is shown beside it, of both. The part before the dot is that of the manifest alone, which
 * is what a write replaces.
 */
export function entityTag(manifest: object, status?: unknown): string {
  return status === undefined
    ? `"${contentDigest(manifest)}"`
    : `"${contentDigest(manifest)}.${contentDigest(status)}"`;
}

/** Whether a reader has what would be sent under this ETag. */
export function isKnown(tag: string, { ifNoneMatch }: Conditions): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch === '*' || ifNoneMatch.some((known) => `"${known.replace(/^W\//, '')}"` === tag);
}

/** Throws a problem 412 for a write that would create, where the caller means what exists. */
export function assertMayCreate(what: string, { ifMatch }: Conditions): void {
  if (ifMatch === undefined) return;
  throw new Problem(412, `there is no ${what} under the ETag in If-Match`, {
    hint: 'leave If-Match out to create it',
  });
}

/** Throws a problem 412 unless the manifest that a write replaces is one that the caller means. */
export function assertMatches(manifest: Manifest, { ifMatch }: Conditions): void {
  if (ifMatch === undefined || ifMatch === '*') return;
  const current = contentDigest(manifest);
  if (ifMatch.some((tag) => tag.split('.')[0] === current)) return;
  throw new Problem(
    412,
    `${manifest.kind.toLowerCase()} "${manifest.metadata.name}" is not as it was under the ETag in If-Match`,
    { hint: 'read it again, and send what you want of it with its new ETag' },
  );
}
