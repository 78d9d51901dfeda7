import { LifeboatError } from '../../platform/errors';
import { contentDigest } from '../../formats/state/manifests/content-digest';

export interface Manifest {
  kind: string;
  metadata: { name: string };
}

/** Adds to the status that `get -o yaml` prints the revision by which a later command sees that the text is old. */
export function withRevision<S extends object>(manifest: Manifest, status: S): S & { revision: string } {
  return { ...status, revision: contentDigest(manifest) };
}

/**
 * Throws `conflict` when a text was taken from a manifest that has been changed since. A text without `status.revision`, as it
 * is kept in git, says what is to be, whatever there is.
 */
export function assertNotOld(text: unknown, now: Manifest): void {
  const revision = revisionOf(text);
  if (revision === undefined || revision === contentDigest(now)) return;
  const kind = now.kind.toLowerCase();
  const { name } = now.metadata;
  throw new LifeboatError('conflict', `${kind} "${name}" was changed since this text was taken`, {
    hint: `take it again with \`lifeboat ${kind} get ${name} -o yaml\`, or remove status from the text to replace what there is`,
  });
}

/** Throws `conflict` when somebody has deleted the manifest that a text was taken from: applying the text would bring it back. */
export function assertNotDeleted(text: Manifest): void {
  if (revisionOf(text) === undefined) return;
  throw new LifeboatError(
    'conflict',
    `there is no ${text.kind.toLowerCase()} "${text.metadata.name}" any more from which this text was taken`,
    { hint: 'remove status from the text to create it' },
  );
}

function revisionOf(text: unknown): string | undefined {
  const { status } = (text ?? {}) as { status?: { revision?: unknown } | null };
  return typeof status?.revision === 'string' ? status.revision : undefined;
}
