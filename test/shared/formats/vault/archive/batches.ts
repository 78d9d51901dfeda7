import type { ArchivableBatch, ArchivableItem } from '../../../../../shared/formats/vault/archive-types';

/** An object with what it is an object of. */
export interface WholeItem extends ArchivableItem {
  groupResource: string;
  version: string;
  preferred?: boolean;
}

/** The objects in their order, in batches of three at most, as pages come. */
export async function* batchesOf(items: readonly WholeItem[]): AsyncGenerator<ArchivableBatch> {
  const left = [...items];
  for (let first = left[0]; first; first = left[0]) {
    const { groupResource, version, preferred = true } = first;
    const end = left.findIndex(
      (item, at) =>
        at === 3 ||
        item.groupResource !== groupResource ||
        item.version !== version ||
        (item.preferred ?? true) !== preferred,
    );
    yield { groupResource, version, preferred, items: left.splice(0, end < 0 ? left.length : end) };
  }
}
