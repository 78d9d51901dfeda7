import type { ArchivedItem } from '../../../formats/vault/archive-types';
import { parseItem } from '../check/check-archive';
import { defaultsName, isClusterDefault, resourceOfName } from '../decide/order';
import type { RestoreWork } from './restore-work';

/** The objects of the archive that belong to names of the restore order: defaults of the cluster come under a name of their own. */
export async function* levelItems(
  { contents }: RestoreWork,
  level: readonly string[],
): AsyncGenerator<ArchivedItem> {
  for await (const item of contents.items([...new Set(level.map(resourceOfName))])) {
    const { groupResource } = item;
    const defaults = defaultsName(groupResource);
    const isDefault = defaults !== undefined && isClusterDefault(groupResource, parseItem(item));
    if (level.includes(isDefault ? defaults : groupResource)) yield item;
  }
}
