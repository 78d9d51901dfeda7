import { LifeboatError } from '../../../platform/errors';
import { objectName } from '../../../formats/manifests/object-name';
import type { ArchivedItem, BackupContents } from '../../../formats/vault/archive-types';
import { parseItem } from '../document/archived-object';
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
