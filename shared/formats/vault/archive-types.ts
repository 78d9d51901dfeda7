/** An object's place in a backup. */
export interface ItemRef {
  /** Velero's name of the resource: `pods`, `deployments.apps`. */
  groupResource: string;
  /** Absent for cluster-scoped objects. */
  namespace?: string;
  name: string;
}

/** Objects of one resource to be archived, as a page of a list brings them. */
export interface ArchivableBatch {
  /** Velero's name of the resource: `pods`, `deployments.apps`. */
  groupResource: string;
  /** The version the bytes are in, for the `<version>-preferredversion` path. */
  version: string;
  /** False for the extra versions that `--all-api-versions` adds: stored at `<version>/…` only. */
  preferred: boolean;
  items: readonly ArchivableItem[];
}

/** An object to be archived: `head` and `body` together are complete JSON with apiVersion and kind. */
export interface ArchivableItem extends Omit<ItemRef, 'groupResource'> {
  /** What goes in front of `body`; nothing without it. */
  head?: Buffer;
  body: Buffer;
}

/** An object read from an archive. */
export interface ArchivedItem extends ItemRef {
  /** The version directory it was read from; undefined for the classic path, which names none. */
  version?: string;
  body: Buffer;
}

/** The versions in which the objects of a resource are stored, where those are several. */
export interface StoredVersions {
  /** Of the copy on the classic path. */
  preferred?: string;
  others: ReadonlySet<string>;
}

/** Which of the other versions of a resource is read; undefined for the classic path. */
export type PickVersion = (groupResource: string, stored: StoredVersions) => string | undefined;

/** One gzip member of an archive of ours: a run of whole tar blocks of one resource. */
export interface ArchiveMember {
  /** `deployments.apps`; the first member, with `metadata/version`, belongs to none. */
  groupResource?: string;
  /** Byte range in the `.tar.gz`. */
  offset: number;
  length: number;
  /** Hex, of those bytes: proves a member that is read alone. Absent in archives of earlier releases. */
  sha256?: string;
  /** Objects in it, each as often as there are versions of it (not entries: that in the preferred version has two). */
  items: number;
}

/**
 * The contents of one backup, ours or Velero's, whatever way they are fetched. Hostile input: names are checked, sizes
 * and ratios bounded; throws LifeboatError `corrupt` naming the entry.
 */
export interface BackupContents {
  /** Oddities that changed nothing, bounded in number; complete after `check`. */
  readonly warnings?: readonly string[];
  /**
   * Reads the archive from its first byte to its last and reports every object; nothing may be written to a cluster before
   * this has ended. Copies in other versions are checked too, and told to `visitVersion`.
   */
  check(
    visit: (item: ArchivedItem) => void | Promise<void>,
    visitVersion?: (item: ArchivedItem) => void,
  ): Promise<void>;
  /** The objects of some resources, each once, in archive order; after `check`. */
  items(groupResources: readonly string[], pick?: PickVersion): AsyncIterable<ArchivedItem>;
  /** One object, reading only its part of an archive of ours. */
  item(ref: ItemRef, pick?: PickVersion): Promise<ArchivedItem | undefined>;
  /** Frees temporary files. */
  close(): Promise<void>;
}
