import { itemPath } from './archive-path';
import type { ArchivedItem, ItemRef, PickVersion, StoredVersions } from '../archive-types';
import { corruptArchive } from '../untrusted/corrupt-archive';
import type { PathSet } from '../untrusted/path-set';
import type { SkippedEntries } from './skipped-entries';

/** More than any kind was ever served in. */
const maxVersions = 100;

/**
 * Which objects of an archive are stored in further versions than the preferred one: the versions of each resource, and
 * of an object no more than the 16 bytes that a `PathSet` keeps. Filled by a first reading, asked in a second.
 */
export class VersionCopies {
  readonly #preferred = new Map<string, string>();
  readonly #others = new Map<string, Set<string>>();
  #paths: PathSet | undefined;

  /**
   * @param paths what the first reading saw, copies and all
   * @param skipped entries among them that it passed over
   */
  constructor(
    paths: PathSet,
    private readonly skipped?: SkippedEntries,
  ) {
    this.#paths = paths;
  }

  /** The directory `<version>-preferredversion` was seen. */
  notePreferred(groupResource: string, version: string): void {
    if (!this.#preferred.has(groupResource)) this.#preferred.set(groupResource, version);
  }

  /** @throws LifeboatError `corrupt` for more versions than there can be */
  noteCopy(archive: string, groupResource: string, version: string): void {
    const versions = this.#others.get(groupResource);
    if (!versions) this.#others.set(groupResource, new Set([version]));
    else if (versions.add(version).size > maxVersions)
      throw corruptArchive(archive, `has more than ${maxVersions} versions of ${groupResource}`);
  }

  /** Ends the first reading: where there is one version of everything, nothing is kept of it. */
  close(): void {
    if (this.#others.size === 0) this.#paths = undefined;
  }

  /** For a second reading: whether it wants a copy, of these resources in the versions that are picked. */
  wants(groupResources: readonly string[], pick?: PickVersion): (ref: ItemRef, version?: string) => boolean {
    const picked = new Map<string, string | undefined>();
    for (const resource of groupResources) picked.set(resource, this.#pick(resource, pick));
    const paths = this.#paths;
    const isThere = (ref: ItemRef, version?: string) =>
      paths?.has(itemPath(ref, version)) === true && !this.skipped?.has({ ...ref, version });
    return (ref, version) => {
      const wanted = picked.get(ref.groupResource);
      if (wanted === undefined || !paths) return picked.has(ref.groupResource) && version === undefined;
      // An object may have come or gone between the lists of two versions: the classic copies say which there are.
      if (version === undefined) return !isThere(ref, wanted);
      return version === wanted && isThere(ref);
    };
  }

  /** Of all the copies of one object the one that is picked; undefined where not even the classic one is there. */
  pickOne(copies: readonly ArchivedItem[], pick?: PickVersion): ArchivedItem | undefined {
    const classic = copies.find(({ version }) => version === undefined);
    if (!classic || copies.length === 1) return classic;
    const version = this.#pick(classic.groupResource, pick);
    return copies.find((one) => one.version === version) ?? classic;
  }

  #pick(groupResource: string, pick: PickVersion | undefined): string | undefined {
    const others = this.#others.get(groupResource);
    if (!others || !pick) return undefined;
    const stored: StoredVersions = { preferred: this.#preferred.get(groupResource), others };
    const version = pick(groupResource, stored);
    return version !== undefined && others.has(version) ? version : undefined;
  }
}
