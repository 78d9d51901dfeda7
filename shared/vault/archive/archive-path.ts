import { LifeboatError } from '../../errors';
import type { ArchivableItem, ItemRef } from './archive-types';
import { TarDirectory } from '../tar/tar-directory';
import type { TarPlace } from '../tar/tar-header';

/**
 * The paths of the items of an archive (Velero pkg/archive, format 1.1.0): the classic path and, behind it,
 * `<version>-preferredversion`; an extra version has only `<version>/…`. Most items come in a run from one directory.
 */
export class ArchivePaths {
  #last: Omit<ArchivableItem, 'head' | 'body'> | undefined;
  #directories: TarDirectory[] = [];

  /** Throws `corrupt` for a name that would not stay a single path segment: Kubernetes allows none of those. */
  of(item: Omit<ArchivableItem, 'head' | 'body'>): TarPlace[] {
    if (!this.#last || !isBeside(item, this.#last)) {
      for (const segment of [item.groupResource, item.version, item.namespace])
        if (segment !== undefined) checkSegment(segment, item.groupResource);
      this.#directories = directoriesOf(item).map((path) => new TarDirectory(path));
      this.#last = item;
    }
    checkSegment(item.name, item.groupResource);
    const file = `${item.name}.json`;
    return this.#directories.map((directory) => directory.place(file));
  }
}

function isBeside(
  item: Omit<ArchivableItem, 'head' | 'body'>,
  last: Omit<ArchivableItem, 'head' | 'body'>,
): boolean {
  return (
    item.namespace === last.namespace &&
    item.groupResource === last.groupResource &&
    item.version === last.version &&
    item.preferred === last.preferred
  );
}

function directoriesOf(item: Omit<ArchivableItem, 'head' | 'body'>): string[] {
  if (item.preferred === false) return [itemDirectory(item, item.version)];
  return [itemDirectory(item), itemDirectory(item, `${item.version}-preferredversion`)];
}

/** Where an object lies: on the classic path, or in a directory of versions. */
export function itemPath(item: ItemRef, directory?: string): string {
  return `${itemDirectory(item, directory)}/${item.name}.json`;
}

function itemDirectory({ groupResource, namespace }: ItemRef, directory?: string): string {
  const root =
    directory === undefined ? `resources/${groupResource}` : `resources/${groupResource}/${directory}`;
  return namespace ? `${root}/namespaces/${namespace}` : `${root}/cluster`;
}

function checkSegment(text: string, groupResource: string): void {
  if (text !== '' && text !== '.' && text !== '..' && !text.includes('/') && !text.includes('\0')) return;
  throw new LifeboatError(
    'corrupt',
    `${groupResource}: ${JSON.stringify(text)} cannot be stored under this name`,
  );
}
