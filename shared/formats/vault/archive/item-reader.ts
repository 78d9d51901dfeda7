import type { ArchivedItem, ItemRef } from '../archive-types';
import type { ArchiveLimits } from '../untrusted/archive-limits';
import { corruptArchive, quoted } from '../untrusted/corrupt-archive';
import { parseEntryPath } from '../untrusted/entry-path';
import type { PathSet } from '../untrusted/path-set';
import type { BadEntry } from './skipped-entries';
import { TarParser } from '../tar/tar-parse';
import type { VersionCopies } from './version-copies';

export interface ItemReaderOptions {
  /** For messages: the archive's name. */
  archive: string;
  limits: ArchiveLimits;
  /** Where given, an object that was seen before is `corrupt`: Velero would take the last, silently. */
  seen?: PathSet;
  /** Objects that are not wanted are passed over without being kept; by default those in other versions. */
  wants?: (ref: ItemRef, version?: string) => boolean;
  /** Told which versions there are. */
  versions?: VersionCopies;
  /** Told of oddities that change nothing. */
  warn?: (message: string) => void;
  /** Told of every object and every version of it, also where it is bad, with its group-resource. */
  found?: (groupResource: string) => void;
  /** Where given, takes each entry that is passed over because it is bad; without it such an entry is `corrupt`. */
  bad?: (entry: BadEntry) => void;
}

const twice = 'is there twice';

/** Takes an archive's tar stream piece by piece and gives its objects: those of the classic paths, as Velero's restore does, and those in other versions. */
export class ItemReader {
  readonly #options: ItemReaderOptions;
  readonly #tar: TarParser;
  #found: Omit<ArchivedItem, 'body'> | undefined;

  constructor(options: ItemReaderOptions) {
    this.#options = options;
    const { bad } = options;
    this.#tar = new TarParser({
      ...options,
      wants: (path) => this.#wants(path),
      ...(bad && { refused: (path, problem) => this.#refused(path, problem) }),
    });
  }

  /** True once the tar trailer was seen. */
  get ended(): boolean {
    return this.#tar.ended;
  }

  /** @throws LifeboatError `corrupt` naming the entry */
  *push(chunk: Buffer): Generator<ArchivedItem, void> {
    for (const { body } of this.#tar.push(chunk)) {
      if (this.#found) yield { ...this.#found, body };
      else this.#checkVersion(body);
    }
  }

  /** @throws LifeboatError `corrupt` when the stream was cut off */
  end(): void {
    this.#tar.end();
  }

  #wants(path: string): boolean {
    const { archive, seen, wants, warn, versions, found } = this.#options;
    this.#found = undefined;
    const entry = parseEntryPath(path);
    if (entry.kind === 'item' || entry.kind === 'version' || entry.kind === 'hostile')
      found?.(entry.ref.groupResource);
    switch (entry.kind) {
      case 'item':
        if (seen && !seen.add(path)) return this.#bad({ path, problem: twice, ref: entry.ref });
        this.#found = entry.ref;
        return wants?.(entry.ref) ?? true;
      case 'version':
        if (seen && !seen.add(path)) return this.#bad({ path, problem: twice, ref: entry.ref });
        versions?.noteCopy(archive, entry.ref.groupResource, entry.version);
        this.#found = { ...entry.ref, version: entry.version };
        return wants?.(entry.ref, entry.version) ?? false;
      case 'preferred':
        versions?.notePreferred(entry.groupResource, entry.version);
        return false;
      case 'hostile':
        return this.#bad({ path, problem: 'has a name that no Kubernetes object can have', ref: entry.ref });
      case 'unknown':
        warn?.(`${archive}: ${quoted(path)} is no object's path and was ignored`);
        return false;
      default:
        return entry.kind === 'format-version';
    }
  }

  /** Passes over a bad entry, or refuses the archive. */
  #bad(entry: BadEntry): false {
    const { archive, bad } = this.#options;
    if (!bad) throw corruptArchive(archive, entry.problem, entry.path);
    bad(entry);
    return false;
  }

  /** A file that the tar parser passes over. */
  #refused(path: string, problem: string): void {
    const { found } = this.#options;
    const entry = parseEntryPath(path.replace(/^\.\//, ''));
    // The same bytes lie on the classic path, which is told of.
    if (entry.kind === 'preferred') return;
    const ref = 'ref' in entry ? entry.ref : undefined;
    if (ref) found?.(ref.groupResource);
    this.#bad({ path, problem, ...(ref && { ref }) });
  }

  #checkVersion(body: Buffer): void {
    // Velero never reads it; a first digit other than 1 would announce a layout that nobody here knows.
    const version = body.toString('latin1', 0, 32).trim();
    if (!/^1(\.|$)/.test(version)) {
      throw corruptArchive(
        this.#options.archive,
        `names the unknown format ${quoted(version)}`,
        'metadata/version',
      );
    }
  }
}
