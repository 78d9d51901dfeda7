import type { KubeObject } from '../../cluster/kube-object';
import { LifeboatError } from '../../errors';
import { isMap } from '../../manifests/is-map';
import { objectName } from '../../manifests/object-name';
import type { ArchivedItem, BackupContents } from '../../vault/archive/archive-types';
import { parseDocument } from '../document';
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
  const { labels, annotations, ownerReferences, finalizers, managedFields } = object.metadata;
  const shaped =
    [labels, annotations].every((map) => map === undefined || map === null || isStringMap(map)) &&
    [ownerReferences, finalizers, managedFields].every(
      (list) => list === undefined || list === null || Array.isArray(list),
    );
  if (!shaped)
    throw new LifeboatError('corrupt', `${objectName(item)} has metadata that no API server gives`);
  return object;
}

function isStringMap(value: unknown): boolean {
  return isMap(value) && Object.values(value).every((one) => typeof one === 'string');
}
