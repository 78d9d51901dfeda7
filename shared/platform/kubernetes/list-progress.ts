import { NotAnApiServer } from './believe';
import type { ApiRequest, Cluster } from './port';

/** One page of a list, as far as it tells whether the list comes nearer to its end. */
export interface ListedPage {
  /** How many objects it holds. */
  length: number;
  /** The last of them; undefined where the page is empty, or the object has no name that can be read. */
  last?: { namespace?: string; name?: string };
  /** Token of the next page; absent on the last. */
  next?: string;
}

export interface ListLimits {
  /** Pages in a row that may bring nothing behind what came before. */
  stalledPages: number;
  /** Pages that a list may take whatever they hold; each further page needs `pageObjects` objects. */
  freePages: number;
  pageObjects: number;
  /** Objects of one list. */
  objects: number;
}

/**
 * A page may be empty where the server filters, and small where the objects are large (8 of them are the least that is asked
 * for). An archive holds 10,000,000 files and each object has two, so nothing could be done with more objects.
 */
const listLimits: ListLimits = { stalledPages: 100, freePages: 1_000, pageObjects: 8, objects: 5_000_000 };

/**
 * Holds the pages of one list against each other, so that a list which never ends is an error soon. API servers list in the
 * byte order of their keys (`namespace/name`, apiserver pkg/storage/etcd3/store.go), and the token holds the last key. So the
 * last object of a page lies behind that of the page before: nothing has to be kept of the others.
 */
export class ListProgress {
  #pages = 0;
  #objects = 0;
  #stalled = 0;
  #greatest = '';
  #token: string | undefined;

  constructor(
    private readonly cluster: Pick<Cluster, 'server'>,
    private readonly limits: ListLimits = listLimits,
  ) {}

  /** Counts a page. Throws NotAnApiServer for a page after which the list does not come nearer to its end. */
  add(asked: ApiRequest, { length, last, next }: ListedPage): void {
    if (next === undefined) return;
    const { limits } = this;
    const fault = (found: string) =>
      new NotAnApiServer(this.cluster, asked, `a list that does not end: ${found}`);
    if (next === this.#token) throw fault('two pages have the same continue token');
    this.#token = next;
    this.#pages += 1;
    this.#objects += length;
    const key = last?.name === undefined ? '' : `${last.namespace ?? ''}/${last.name}`;
    this.#stalled = key > this.#greatest ? 0 : this.#stalled + 1;
    if (key > this.#greatest) this.#greatest = key;
    if (this.#stalled >= limits.stalledPages)
      throw fault(`${this.#stalled} pages in a row brought nothing new`);
    if (this.#objects > limits.objects) throw fault(`it holds more than ${limits.objects} objects`);
    if (this.#pages > limits.freePages + this.#objects / limits.pageObjects)
      throw fault(`${this.#pages} pages brought ${this.#objects} objects`);
  }

  /** The list begins anew: its pages bring again what was there. */
  restart(): void {
    this.#greatest = '';
    this.#token = undefined;
  }
}
