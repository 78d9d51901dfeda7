import type { ArchivedItem, ItemRef } from './archive-types';
import type { ArchiveLimits } from './archive-limits';
import { corruptArchive, quoted } from './corrupt-archive';
import { parseEntryPath } from './entry-path';
import type { PathSet } from './path-set';
import { TarParser } from './tar-parse';

export interface ItemReaderOptions {
  /** For messages: the archive's name. */
  archive: string;
  limits: ArchiveLimits;
  /** Where given, an object that was seen before is `corrupt`: Velero would take the last, silently. */
  seen?: PathSet;
  /** Objects that are not wanted are passed over without being kept. */
  wants?: (ref: ItemRef) => boolean;
  /** Told of oddities that change nothing. */
  warn?: (message: string) => void;
}

/** Takes an archive's tar stream piece by piece and gives its objects: those of the classic paths, as Velero's restore does. */
export class ItemReader {
  readonly #options: ItemReaderOptions;
  readonly #tar: TarParser;
  #ref: ItemRef | undefined;

  constructor(options: ItemReaderOptions) {
    this.#options = options;
    this.#tar = new TarParser({ ...options, wants: (path) => this.#wants(path) });
  }

  /** True once the tar trailer was seen. */
  get ended(): boolean {
    return this.#tar.ended;
  }

  /** @throws LifeboatError `corrupt` naming the entry */
  *push(chunk: Buffer): Generator<ArchivedItem, void> {
    for (const { body } of this.#tar.push(chunk)) {
      if (this.#ref) yield { ...this.#ref, body };
      else this.#checkVersion(body);
    }
  }

  /** @throws LifeboatError `corrupt` when the stream was cut off */
  end(): void {
    this.#tar.end();
  }

  #wants(path: string): boolean {
    const { archive, seen, wants, warn } = this.#options;
    this.#ref = undefined;
    const entry = parseEntryPath(path);
    switch (entry.kind) {
      case 'item':
        if (seen && !seen.add(path)) throw corruptArchive(archive, 'is there twice', path);
        this.#ref = entry.ref;
        return wants?.(entry.ref) ?? true;
      case 'hostile':
        throw corruptArchive(archive, 'has a name that no Kubernetes object can have', path);
      case 'unknown':
        warn?.(`${archive}: ${quoted(path)} is no object's path and was ignored`);
        return false;
      default:
        return entry.kind === 'format-version';
    }
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
