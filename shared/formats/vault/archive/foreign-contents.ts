import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LifeboatError } from '../../../platform/errors';
import type { ObjectStore } from '../../../platform/oss/port';
import { archiveLimits, type ArchiveLimits } from '../untrusted/archive-limits';
import { readArchive } from './archive-reader';
import type { ArchivedItem, BackupContents, ItemRef, PickVersion } from '../archive-types';
import { checkItem } from './item-check';
import type { ItemReaderOptions } from './item-reader';
import { PathSet } from '../untrusted/path-set';
import { VersionCopies } from './version-copies';
import { Warnings } from '../untrusted/warnings';

/** An archive without our catalogue: spooled to disk, still packed, and read through once per question. */
export class ForeignContents implements BackupContents {
  readonly #vault: ObjectStore;
  readonly #key: string;
  readonly #etag: string;
  readonly #temporaryDirectory: string;
  readonly #limits: ArchiveLimits;
  readonly #warnings = new Warnings();
  #versions = new VersionCopies(new PathSet());
  #directory: string | undefined;
  /** Set when the whole archive lies on the disk. */
  #spooled: string | undefined;

  constructor(options: {
    vault: ObjectStore;
    key: string;
    /** The archive that is read is this one, or none. */
    etag: string;
    temporaryDirectory: string;
    limits?: ArchiveLimits;
  }) {
    this.#vault = options.vault;
    this.#key = options.key;
    this.#etag = options.etag;
    this.#temporaryDirectory = options.temporaryDirectory;
    this.#limits = options.limits ?? archiveLimits;
  }

  get warnings(): readonly string[] {
    return this.#warnings.list;
  }

  async check(
    visit: (item: ArchivedItem) => void | Promise<void>,
    visitVersion?: (item: ArchivedItem) => void,
  ): Promise<void> {
    const seen = new PathSet();
    const versions = new VersionCopies(seen);
    const warn = (message: string) => this.#warnings.add(message);
    const options = { seen, versions, warn, wants: () => true };
    for await (const item of this.#read(options)) {
      checkItem(this.#key, item, this.#limits);
      if (item.version === undefined) await visit(item);
      else visitVersion?.(item);
    }
    versions.close();
    this.#versions = versions;
  }

  async *items(groupResources: readonly string[], pick?: PickVersion): AsyncGenerator<ArchivedItem, void> {
    yield* this.#read({ wants: this.#versions.wants(groupResources, pick) });
  }

  async item(ref: ItemRef, pick?: PickVersion): Promise<ArchivedItem | undefined> {
    const wants = (one: ItemRef) =>
      one.groupResource === ref.groupResource && one.namespace === ref.namespace && one.name === ref.name;
    const copies: ArchivedItem[] = [];
    const seen = new PathSet();
    const versions = new VersionCopies(seen);
    // To the end, so that a damaged archive gives nothing.
    for await (const item of this.#read({ seen, versions, wants })) copies.push(item);
    const found = versions.pickOne(copies, pick);
    if (found) checkItem(this.#key, found, this.#limits);
    return found;
  }

  async close(): Promise<void> {
    const directory = this.#directory;
    this.#directory = undefined;
    this.#spooled = undefined;
    if (directory) await rm(directory, { recursive: true, force: true });
  }

  #read(options: Omit<ItemReaderOptions, 'archive' | 'limits'>): AsyncGenerator<ArchivedItem, void> {
    const packed = this.#spooled
      ? (createReadStream(this.#spooled, { highWaterMark: 256 << 10 }) as AsyncIterable<Buffer>)
      : this.#download();
    return readArchive(packed, { archive: this.#key, limits: this.#limits, ...options });
  }

  /** The archive from the vault; a copy stays on the disk once it was read to its end. */
  async *#download(): AsyncGenerator<Buffer, void> {
    this.#directory ??= await mkdtemp(join(this.#temporaryDirectory, 'lifeboat-archive-'));
    const path = join(this.#directory, 'archive.tar.gz');
    const file = await open(path, 'w', 0o600);
    try {
      for await (const chunk of this.#vault.read(this.#key, { ifMatch: this.#etag })) {
        await file.writeFile(chunk).catch((cause: unknown) => {
          throw new LifeboatError('unavailable', `the temporary directory cannot take ${this.#key}`, {
            hint: 'give the function a larger disk (diskSize in s.yaml)',
            cause,
          });
        });
        yield chunk;
      }
    } finally {
      await file.close();
    }
    this.#spooled = path;
  }
}
