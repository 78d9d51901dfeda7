import { LifeboatError } from '../../../platform/errors';
import type { ArchivableBatch, ItemRef } from '../archive-types';
import { TarDirectory } from '../tar/tar-directory';
import type { TarPlace } from '../tar/tar-header';

/**
 * The paths of the items of one resource (Velero pkg/archive, format 1.1.0): the classic path and, behind it,
 * `<version>-preferredversion`; an extra version has only `<version>/…`.
 */
export class ArchivePaths {
  readonly #resource: Omit<ArchivableBatch, 'items'>;
  readonly #directories = new Map<string | undefined, TarDirectory[]>();

  /** Throws `corrupt` for a name that would not stay a single path segment: Kubernetes allows none of those. */
  constructor(resource: Omit<ArchivableBatch, 'items'>) {
    checkSegment(resource.groupResource, resource.groupResource);
    checkSegment(resource.version, resource.groupResource);
    this.#resource = resource;
  }

  /** Throws `corrupt` likewise. */
  of({ namespace, name }: Pick<ItemRef, 'namespace' | 'name'>): TarPlace[] {
    checkSegment(name, this.#resource.groupResource);
    const file = `${name}.json`;
    const places: TarPlace[] = [];
    for (const directory of this.#in(namespace)) places.push(directory.place(file));
    return places;
  }

  #in(namespace: string | undefined): TarDirectory[] {
    let directories = this.#directories.get(namespace);
    if (!directories) {
      const { groupResource, version, preferred } = this.#resource;
      if (namespace !== undefined) checkSegment(namespace, groupResource);
      directories = [];
      for (const directory of versionDirectories(version, preferred))
        directories.push(new TarDirectory(itemDirectory({ groupResource, namespace }, directory)));
      this.#directories.set(namespace, directories);
    }
    return directories;
  }
}

/** The directories in which an object lies; undefined for the classic path. */
export function versionDirectories(version: string, preferred: boolean): (string | undefined)[] {
  return preferred ? [undefined, `${version}-preferredversion`] : [version];
}

/** Where an object lies: on the classic path, or in a directory of versions. */
export function itemPath(item: ItemRef, directory?: string): string {
  return `${itemDirectory(item, directory)}/${item.name}.json`;
}

function itemDirectory(
  { groupResource, namespace }: Pick<ItemRef, 'groupResource' | 'namespace'>,
  directory?: string,
): string {
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
