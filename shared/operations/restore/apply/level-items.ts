import type { ArchivedItem, BackupContents } from '../../../formats/vault/archive-types';
import { parseItem } from '../document/archived-object';
import { defaultsName, isClusterDefault, resourceOfName } from '../decide/order';

/** What the objects of a level are read from. */
export interface LevelItemsWork {
  contents: BackupContents;
}

/** The objects of the archive that belong to names of the restore order: defaults of the cluster come under a name of their own. */
export async function* levelItems(
  { contents }: LevelItemsWork,
  level: readonly string[],
): AsyncGenerator<ArchivedItem> {
  for await (const item of contents.items([...new Set(level.map(resourceOfName))])) {
    const { groupResource } = item;
    const defaults = defaultsName(groupResource);
    const isDefault = defaults !== undefined && isClusterDefault(groupResource, parseItem(item));
    if (level.includes(isDefault ? defaults : groupResource)) yield item;
  }
}
