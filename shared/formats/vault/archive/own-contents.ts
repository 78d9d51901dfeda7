import { createHash } from 'node:crypto';
import { sha256Hex } from '../../../platform/sha256';
import { Crc64 } from '../../../platform/oss/crc64';
import type { ObjectStore } from '../../../platform/oss/port';
import { archiveLimits, type ArchiveLimits } from '../untrusted/archive-limits';
import type { ArchivedItem, ArchiveMember, BackupContents, ItemRef, PickVersion } from '../archive-types';
import type { CataloguedObject } from '../side-files/catalogue';
import { corruptArchive } from '../untrusted/corrupt-archive';
import { isKind } from '../../../platform/errors';
import { gunzipStream, refuseBomb } from '../untrusted/gunzip-stream';
import { checkItem } from './item-check';
import { ItemReader, type ItemReaderOptions } from './item-reader';
import { cutMembers } from '../untrusted/cut-members';
import { PathSet } from '../untrusted/path-set';
import { type BadEntry, SkippedEntries, type SkippedEntry } from './skipped-entries';
import { VersionCopies } from './version-copies';
import { Warnings } from '../untrusted/warnings';

/**
 * An archive of ours, read by the members that its catalogue lists. The catalogue lies in the same bucket and is trusted no
 * further than `check` has confirmed it: every member begins where it says, unpacks on its own, holds whole entries of the
 * resource it says and as many, and all of them together are the archive with the SHA-256 and CRC-64 it says. Members that are
 * read alone are proved by their own SHA-256; where the catalogue of an earlier release has none, the whole archive is read first.
 *
 * Earlier releases put objects into archives that no reader takes. Where the archive is proved to be ours, such an entry is passed
 * over and told, and the others are read; in any other archive it makes all of it `corrupt`.
 */
export class OwnContents implements BackupContents {
  readonly #vault: ObjectStore;
  readonly #key: string;
  readonly #etag: string;
  readonly #members: readonly ArchiveMember[];
  readonly #proof: CataloguedObject;
  readonly #limits: ArchiveLimits;
  readonly #memberLimits: ArchiveLimits;
  readonly #keptUpTo: number;
  readonly #skipped: SkippedEntries | undefined;
  readonly #warnings = new Warnings();
  #versions: VersionCopies;
  #proved = false;
  /** The whole archive, once it is proved, where it is small. */
  #kept: Buffer | undefined;

  /** @throws LifeboatError `corrupt` when the members do not cover the archive, each byte once */
  constructor(options: {
    vault: ObjectStore;
    key: string;
    /** The archive that is read is this one, or none. */
    etag: string;
    members: readonly ArchiveMember[];
    /** What the catalogue says of the archive. */
    proof: CataloguedObject;
    limits?: ArchiveLimits;
    /** Takes the entries that are passed over; for an archive whose origin is proved. */
    skipped?: (entry: SkippedEntry) => void;
    /** As of `openContents`. */
    keptUpTo?: number;
  }) {
    this.#vault = options.vault;
    this.#key = options.key;
    this.#etag = options.etag;
    this.#members = options.members;
    this.#proof = options.proof;
    const limits = options.limits ?? archiveLimits;
    // What is proved is no bomb.
    this.#limits = options.skipped
      ? { ...limits, ratio: Number.POSITIVE_INFINITY, memberBytes: limits.provedMemberBytes }
      : limits;
    this.#memberLimits = { ...this.#limits, totalBytes: this.#limits.memberBytes };
    this.#keptUpTo = options.keptUpTo ?? 0;
    this.#skipped = options.skipped && new SkippedEntries(options.skipped);
    this.#versions = new VersionCopies(new PathSet());
    this.#checkMembers();
  }

  get warnings(): readonly string[] {
    return this.#warnings.list;
  }

  async check(
    visit: (item: ArchivedItem) => void | Promise<void>,
    visitVersion?: (item: ArchivedItem) => void,
  ): Promise<void> {
    const sha256 = createHash('sha256');
    const crc64 = new Crc64();
    const { size } = this.#proof;
    const kept = size <= this.#keptUpTo ? Buffer.alloc(size) : undefined;
    let at = 0;
    const packed = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
      for await (const chunk of source) {
        sha256.update(chunk);
        crc64.update(chunk);
        if (kept) at += chunk.copy(kept, at);
        yield chunk;
      }
    };
    const whole = packed(this.#bytes(0, size));
    const seen = new PathSet();
    const skipped = this.#skipped;
    const versions = new VersionCopies(seen, skipped);
    const warn = (message: string) => this.#warnings.add(message);
    const bad = skipped && ((entry: BadEntry) => skipped.add(entry));
    const options = { seen, versions, warn, bad, wants: () => true };
    for await (const item of this.#read(this.#members, whole, options)) {
      try {
        checkItem(this.#key, item, this.#limits);
        if (item.version === undefined) await visit(item);
        else visitVersion?.(item);
      } catch (error) {
        if (!skipped || !isKind(error, 'corrupt')) throw error;
        skipped.addItem(item, error.message);
      }
    }
    versions.close();
    this.#versions = versions;
    if (sha256.digest('hex') !== this.#proof.sha256 || crc64.digest() !== this.#proof.crc64) {
      throw corruptArchive(this.#key, 'is not the archive its catalogue describes');
    }
    this.#proved = true;
    this.#kept = kept;
  }

  /** Reads the archive once for its SHA-256 alone. From then on `ifMatch` holds it still. */
  async #prove(): Promise<void> {
    const sha256 = createHash('sha256');
    for await (const chunk of this.#vault.read(this.#key, { ifMatch: this.#etag })) sha256.update(chunk);
    if (sha256.digest('hex') !== this.#proof.sha256)
      throw corruptArchive(this.#key, 'is not the archive its catalogue describes');
    this.#proved = true;
  }

  async *items(groupResources: readonly string[], pick?: PickVersion): AsyncGenerator<ArchivedItem, void> {
    const wanted = new Set(groupResources);
    const wants = this.#versions.wants(groupResources, pick);
    const which = ({ groupResource }: ArchiveMember) =>
      groupResource !== undefined && wanted.has(groupResource);
    const skipped = this.#skipped?.count ? this.#skipped : undefined;
    if (!skipped) return yield* this.#ranges(which, { wants });
    const bad = (entry: BadEntry) => skipped.add(entry);
    for await (const item of this.#ranges(which, { wants, bad, seen: new PathSet() }))
      if (!skipped.has(item)) yield item;
  }

  async item(ref: ItemRef, pick?: PickVersion): Promise<ArchivedItem | undefined> {
    const copies: ArchivedItem[] = [];
    const seen = new PathSet();
    const versions = new VersionCopies(seen);
    const wants = (one: ItemRef) => one.namespace === ref.namespace && one.name === ref.name;
    const refused: BadEntry[] = [];
    const bad =
      this.#skipped &&
      ((entry: BadEntry) => {
        if (entry.ref && wants(entry.ref)) refused.push(entry);
      });
    const options = { seen, versions, wants, bad };
    // All its resource's members, so that a second object of the name is found out.
    for await (const item of this.#ranges((one) => one.groupResource === ref.groupResource, options))
      copies.push(item);
    const found = versions.pickOne(copies, pick);
    if (found) checkItem(this.#key, found, this.#limits);
    const [first] = refused;
    if (!found && first) throw corruptArchive(this.#key, first.problem, first.path);
    for (const entry of refused) this.#skipped?.add(entry);
    return found;
  }

  async close(): Promise<void> {
    this.#kept = undefined;
  }

  #checkMembers(): void {
    let offset = 0;
    for (const member of this.#members) {
      if (member.offset !== offset || member.length > this.#limits.memberBytes) {
        throw corruptArchive(this.#key, `has a catalogue that is wrong at byte ${offset}`);
      }
      offset += member.length;
    }
    if (offset !== this.#proof.size) {
      throw corruptArchive(this.#key, `has ${this.#proof.size} bytes, ${offset} by its catalogue`);
    }
  }

  /** Members that lie side by side are fetched by one request. */
  async *#ranges(
    which: (member: ArchiveMember) => boolean,
    options: ReadOptions = {},
  ): AsyncGenerator<ArchivedItem, void> {
    for (const run of adjacent(this.#members, which)) {
      if (!this.#proved && run.some(({ sha256 }) => sha256 === undefined)) await this.#prove();
      const first = run[0]!;
      const last = run.at(-1)!;
      yield* this.#read(run, this.#bytes(first.offset, last.offset + last.length), options);
    }
  }

  /** Bytes of the archive, from `start` to before `end`: of what is kept, else of the vault. */
  async *#bytes(start: number, end: number): AsyncGenerator<Buffer, void> {
    const range = start === 0 && end === this.#proof.size ? {} : { start, end };
    if (this.#kept) yield this.#kept.subarray(start, end);
    else yield* this.#vault.read(this.#key, { ...range, ifMatch: this.#etag });
  }

  async *#read(
    members: readonly ArchiveMember[],
    packed: AsyncIterable<Buffer>,
    options: ReadOptions,
  ): AsyncGenerator<ArchivedItem, void> {
    let bytesIn = 0;
    let bytesOut = 0;
    for await (const { member, bytes } of cutMembers(this.#key, members, packed)) {
      bytesIn += bytes.length;
      if (member.sha256 !== undefined && sha256Hex(bytes) !== member.sha256)
        throw corruptArchive(this.#key, `has other bytes at ${member.offset} than its catalogue says`);
      const reader = this.#memberReader(member, options);
      for await (const chunk of gunzipStream(this.#key, [bytes], this.#memberLimits)) {
        bytesOut += chunk.length;
        refuseBomb(this.#key, bytesIn, bytesOut, this.#limits);
        yield* reader.push(chunk);
      }
      reader.end();
    }
  }

  /** Reads a member and sees to it that there is in it what the catalogue says. */
  #memberReader(member: ArchiveMember, options: ReadOptions) {
    let items = 0;
    const reader = new ItemReader({
      archive: this.#key,
      limits: this.#limits,
      ...options,
      found: (groupResource) => {
        if (groupResource !== member.groupResource) throw this.#misplaced(member);
        items += 1;
      },
    });
    return {
      push: (chunk: Buffer) => reader.push(chunk),
      end: () => {
        reader.end();
        const last = member === this.#members.at(-1);
        // Without its trailer it was cut, whatever the catalogue says.
        const short = member.items - items;
        if (short < 0 || reader.ended !== last || (short > 0 && !this.#skipped))
          throw this.#misplaced(member);
        if (short > 0) {
          const problem = `has ${short} objects less at byte ${member.offset} than were written: no object's path is theirs`;
          this.#skipped?.add({ path: `resources/${member.groupResource}`, problem });
        }
      },
    };
  }

  #misplaced(member: ArchiveMember) {
    return corruptArchive(this.#key, `has something else at byte ${member.offset} than its catalogue says`);
  }
}

type ReadOptions = Pick<ItemReaderOptions, 'seen' | 'wants' | 'versions' | 'warn' | 'bad'>;

/** Runs of neighbouring members for which `which` holds. */
function adjacent(
  members: readonly ArchiveMember[],
  which: (member: ArchiveMember) => boolean,
): ArchiveMember[][] {
  const runs: ArchiveMember[][] = [];
  let open: ArchiveMember[] | undefined;
  for (const member of members) {
    if (!which(member)) {
      open = undefined;
    } else if (open) {
      open.push(member);
    } else {
      open = [member];
      runs.push(open);
    }
  }
  return runs;
}
