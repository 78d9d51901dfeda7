import { LifeboatError } from '../errors';
import type { ArchivableItem, ItemRef } from './archive-types';

/**
 * The paths of an item in an archive (Velero pkg/archive, format 1.1.0): the classic path and, behind it,
 * `<version>-preferredversion`; an extra version has only `<version>/…`.
 * Throws `corrupt` for a name that would not stay a single path segment: Kubernetes allows none of those.
 */
export function archivePaths(item: Omit<ArchivableItem, 'body'>): string[] {
  for (const segment of [item.groupResource, item.version, item.namespace, item.name]) {
    if (segment !== undefined && !isSegment(segment)) {
      throw new LifeboatError(
        'corrupt',
        `${item.groupResource}: ${JSON.stringify(segment)} cannot be stored under this name`,
      );
    }
  }
  if (item.preferred === false) return [itemPath(item, item.version)];
  return [itemPath(item), itemPath(item, `${item.version}-preferredversion`)];
}

/** Where an object lies: on the classic path, or in a directory of versions. */
export function itemPath({ groupResource, namespace, name }: ItemRef, directory?: string): string {
  const root =
    directory === undefined ? `resources/${groupResource}` : `resources/${groupResource}/${directory}`;
  return namespace ? `${root}/namespaces/${namespace}/${name}.json` : `${root}/cluster/${name}.json`;
}

function isSegment(text: string): boolean {
  return text !== '' && text !== '.' && text !== '..' && !text.includes('/') && !text.includes('\0');
}
