import * as v from 'valibot';
import { LifeboatError } from '../../errors';
import { hasCode } from '../../store/store-error';
import type { ObjectHead, ObjectStore } from '../../store/port';
import { deletionKeys } from '../layout';

/** What `requested.json` holds: which backup of the name it is that goes. */
const schema = v.object({
  kind: v.literal('Deletion'),
  backup: v.string(),
  reason: v.optional(v.string()),
  /** A rule's deletion is given up when no rule asks for it any more; a person's is not. */
  by: v.optional(v.picklist(['person', 'retention']), 'person'),
  /** Absent when there was none. */
  manifest: v.optional(v.object({ size: v.number(), crc64: v.optional(v.string()) })),
});

export type DeletionRequest = v.InferOutput<typeof schema>;

/** Marks a backup as about to be deleted, before anything of it is. */
export async function markRequested(
  vault: ObjectStore,
  { backup, by, reason }: Pick<DeletionRequest, 'backup' | 'by' | 'reason'>,
  manifest: ObjectHead | undefined,
): Promise<void> {
  const body: v.InferInput<typeof schema> = {
    kind: 'Deletion',
    backup,
    by,
    ...(reason === undefined ? {} : { reason }),
    ...(manifest ? { manifest: { size: manifest.size, crc64: manifest.crc64 } } : {}),
  };
  const { requested } = deletionKeys(backup);
  await vault.create(requested, Buffer.from(JSON.stringify(body)), { exclusive: false });
}

/** The request of a deletion under way. @throws LifeboatError `corrupt` when it cannot be read */
export async function readRequested(vault: ObjectStore, backup: string): Promise<DeletionRequest> {
  const { requested } = deletionKeys(backup);
  const { body } = await vault.get(requested);
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    json = undefined;
  }
  const parsed = v.safeParse(schema, json);
  if (parsed.success) return parsed.output;
  throw new LifeboatError('corrupt', `${vault.name}${requested} is not a deletion's mark`, {
    hint: 'delete it to give the deletion up, and request the deletion again',
  });
}

/** True when the manifest is the one that the request names, and not another backup's of the name. */
export function isRequested({ manifest }: DeletionRequest, head: ObjectHead): boolean {
  return manifest?.size === head.size && manifest.crc64 === head.crc64;
}

/**
 * The request goes last, so that no mark is left alone. False in a WORM bucket, where the marks outlive the content for a
 * while, and do no harm.
 */
export async function deleteMarks(vault: ObjectStore, backup: string): Promise<boolean> {
  const { requested, hidden } = deletionKeys(backup);
  try {
    await vault.delete([hidden]);
    await vault.delete([requested]);
    return true;
  } catch (error) {
    if (!isImmutable(error)) throw error;
    return false;
  }
}

/** True when WORM refused: the same will be allowed when its time is over. */
export function isImmutable(error: unknown): boolean {
  return hasCode(error, 'FileImmutable');
}
