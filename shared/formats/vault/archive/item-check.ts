import type { ArchivedItem } from '../archive-types';
import type { ArchiveLimits } from '../untrusted/archive-limits';
import { corruptArchive } from '../untrusted/corrupt-archive';
import { itemProblem } from '../archive/item-json';

/** @throws LifeboatError `corrupt` when the bytes are not the object that the path names */
export function checkItem(archive: string, item: ArchivedItem, limits: ArchiveLimits): void {
  const problem = itemProblem(item, item.body, limits.depth);
  if (problem === undefined) return;
  const scope = item.namespace === undefined ? 'cluster' : `namespaces/${item.namespace}`;
  throw corruptArchive(archive, problem, `resources/${item.groupResource}/${scope}/${item.name}.json`);
}
