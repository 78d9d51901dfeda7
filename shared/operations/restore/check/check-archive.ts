import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { LifeboatError } from '../../../platform/errors';
import { isMap } from '../../../platform/input/is-map';
import { objectName } from '../../../formats/manifests/object-name';
import type { ArchivedItem, BackupContents } from '../../../formats/vault/archive-types';
import { parseDocument } from '../document/document';
import type { ArchiveFacts } from './archive-facts';

/**
 * The first reading: the whole archive, from its first byte to its last, every object parsed and noted. Nothing is
 * written to a cluster before this has ended. Throws LifeboatError `corrupt` naming what is damaged.
 */
export async function checkArchive(
  contents: BackupContents,
  facts: ArchiveFacts,
  signal: AbortSignal,
  tick: (read: number) => void,
): Promise<void> {
  let read = 0;
  await contents.check((item) => {
    signal.throwIfAborted();
    note(facts, item);
    if (++read % 500 === 0) tick(read);
  });
  facts.close();
}

function note(facts: ArchiveFacts, item: ArchivedItem): void {
  const object = parseItem(item);
  try {
    facts.add(item, object);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new LifeboatError('corrupt', `${objectName(item)} is not shaped as its kind is`, { cause });
  }
}

/**
 * Parses an archived object and looks at the parts of its metadata that a restore works with; that it is the object that
 * its path names has been checked by the reader.
 */
export function parseItem(item: ArchivedItem): KubeObject {
  const object = parseDocument(item.body, objectName(item));
  if (!isShaped(object.metadata))
    throw new LifeboatError('corrupt', `${objectName(item)} has metadata that no API server gives`);
  return object;
}

const texts = ['uid', 'resourceVersion', 'creationTimestamp', 'deletionTimestamp', 'generateName'];

function isShaped(metadata: Record<string, unknown>): boolean {
  const { labels, annotations, ownerReferences, finalizers, managedFields } = metadata;
  return (
    texts.every((name) => isAbsent(metadata[name]) || typeof metadata[name] === 'string') &&
    [labels, annotations].every((map) => isAbsent(map) || isStringMap(map)) &&
    isListOf(ownerReferences, isOwner) &&
    isListOf(finalizers, (one) => typeof one === 'string') &&
    // Entries of any form are passed over where they are used.
    isListOf(managedFields, () => true)
  );
}

/** Go writes what is absent as null now and then. */
function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function isListOf(value: unknown, is: (one: unknown) => boolean): boolean {
  return isAbsent(value) || (Array.isArray(value) && value.every(is));
}

function isOwner(value: unknown): boolean {
  return (
    isMap(value) &&
    typeof value.uid === 'string' &&
    ['apiVersion', 'kind', 'name'].every((name) => isAbsent(value[name]) || typeof value[name] === 'string')
  );
}

function isStringMap(value: unknown): boolean {
  return isMap(value) && Object.values(value).every((one) => typeof one === 'string');
}
