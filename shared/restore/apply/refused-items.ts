import type { ArchivedItem, ItemRef } from '../../vault/archive/archive-types';
import type { Subject } from '../report/outcome';
import type { Refusal } from './refusal';

/** An object that waits for another try. */
export interface RefusedItem {
  ref: ItemRef;
  /** As the report names it. */
  subject: Subject;
  refusal: Refusal;
  /** Only for objects that are not in the archive; the others are read again. */
  item?: ArchivedItem;
}

/** After so many refusals of one cause in a row, the rest of a resource in a namespace waits without being sent. */
const hopeless = 24;

/** What was refused so far and may still be made: names only, so that ten thousand refusals cost little. */
export class RefusedItems {
  #items = new Map<string, RefusedItem>();
  readonly #rows = new Map<string, { refusal: Refusal; length: number }>();

  get size(): number {
    return this.#items.size;
  }

  add(refused: RefusedItem): void {
    this.#items.set(keyOf(refused.ref), refused);
    const scope = scopeOf(refused.ref);
    const row = this.#rows.get(scope);
    const length = row?.refusal.cause === refused.refusal.cause ? row.length + 1 : 1;
    this.#rows.set(scope, { refusal: refused.refusal, length });
  }

  has(ref: ItemRef): boolean {
    return this.#items.has(keyOf(ref));
  }

  /** Something of this resource and namespace was accepted. */
  accepted(ref: ItemRef): void {
    this.#rows.delete(scopeOf(ref));
  }

  /** The refusal that an object would meet like all those before it; undefined when it is worth asking. */
  foreseen(ref: ItemRef): Refusal | undefined {
    const row = this.#rows.get(scopeOf(ref));
    return row && row.length >= hopeless ? row.refusal : undefined;
  }

  /** Hands over everything that waits; what is refused again is added again. */
  take(): Map<string, RefusedItem> {
    const taken = this.#items;
    this.#items = new Map();
    this.#rows.clear();
    return taken;
  }

  /** What is in the way, each cause once. */
  get causes(): string {
    return [...new Set([...this.#items.values()].map(({ refusal }) => refusal.cause))].slice(0, 5).join(', ');
  }

  /** True when waiting may cure something. */
  get passWithTime(): boolean {
    for (const { refusal } of this.#items.values()) if (refusal.passesWithTime) return true;
    return false;
  }
}

/** The same for the same object of the archive, and for no other. */
export function keyOf(ref: ItemRef): string {
  return `${ref.groupResource}\0${ref.namespace ?? ''}\0${ref.name}`;
}

function scopeOf(ref: ItemRef): string {
  return `${ref.groupResource}\0${ref.namespace ?? ''}`;
}
