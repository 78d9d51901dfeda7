import { LifeboatError } from '../errors';
import type { ArchivableItem } from './archive-types';

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
  const root = `resources/${item.groupResource}`;
  const file = item.namespace
    ? `namespaces/${item.namespace}/${item.name}.json`
    : `cluster/${item.name}.json`;
  if (item.preferred === false) return [`${root}/${item.version}/${file}`];
  return [`${root}/${file}`, `${root}/${item.version}-preferredversion/${file}`];
}

function isSegment(text: string): boolean {
  return text !== '' && text !== '.' && text !== '..' && !text.includes('/') && !text.includes('\0');
}
