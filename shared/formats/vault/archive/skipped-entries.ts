import type { ArchivedItem, ItemRef } from '../archive-types';
import { itemPath } from './archive-path';
import { quoted } from '../untrusted/corrupt-archive';
import { PathSet } from '../untrusted/path-set';

/** An entry that cannot be read, in an archive that is proved to be what was written. */
export interface BadEntry {
  path: string;
  /** Why: `has an unsafe path`. */
  problem: string;
  /** The object, as far as the path names one. Its names are of any characters. */
  ref?: ItemRef;
}

/** What a reader is told of an entry that it does not get. */
export interface SkippedEntry {
  /** One line of bounded length: the entry, the reason. */
  message: string;
  ref?: ItemRef;
}

/**
 * The entries of one archive that its readers pass over: each is told once, however often the archive is read, and costs 32
 * bytes.
 */
export class SkippedEntries {
  readonly #told = new PathSet();
  readonly #bodies = new PathSet();
  #count = 0;

  constructor(private readonly tell: (entry: SkippedEntry) => void) {}

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** An entry whose body is never read. */
  add({ path, problem, ref }: BadEntry): void {
    if (!this.#told.add(`${path} ${problem}`)) return;
    this.#count += 1;
    this.tell({ message: `entry ${quoted(path)} ${problem}`, ...(ref && { ref }) });
  }

  /** An entry that its name lets in, and whose body is refused. */
  addItem(item: ArchivedItem, message: string): void {
    if (!this.#bodies.add(pathOf(item))) return;
    this.#count += 1;
    const { groupResource, namespace, name } = item;
    this.tell({ message, ref: { groupResource, ...(namespace !== undefined && { namespace }), name } });
  }

  /** Whether the body of this entry was refused. */
  has(item: Omit<ArchivedItem, 'body'>): boolean {
    return this.#bodies.has(pathOf(item));
  }
}

function pathOf(item: Omit<ArchivedItem, 'body'>): string {
  return itemPath(item, item.version);
}
