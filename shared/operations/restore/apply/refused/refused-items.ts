import type { ArchivedItem, ItemRef } from '../../../../formats/vault/archive-types';
import { itemKey } from '../../../../formats/vault/item-key';
import type { Detail, Subject } from '../../report/outcome';
import type { Cure, Refusal } from './refusal';

/** An object that waits for another try. */
export interface RefusedItem {
  ref: ItemRef;
  /** As the report names it. */
  subject: Subject;
  refusal: Refusal;
  /** In a rehearsal: what its plan shows. */
  detail?: Detail;
  /** Only for objects that are not in the archive; the others are read again. */
  item?: ArchivedItem;
}

interface Waiting extends RefusedItem {
  /** How much had been made when this refusal was met. */
  madeBefore: number;
}

/** A refusal that is known without asking. */
export interface Foreseen {
  refusal: Refusal;
  detail?: Detail;
  /** Set when the pass only samples: the refusal is an older one. */
  madeBefore?: number;
}

/** After so many refusals of one cause in a row, the rest of a resource in a namespace waits without being sent. */
const hopeless = 24;

/** What was refused so far and may still be made: names only, so that ten thousand refusals cost little. */
export class RefusedItems {
  #items = new Map<string, Waiting>();
  #taken = new Map<string, Waiting>();
  #sampling = false;
  #made = 0;
  readonly #rows = new Map<string, { refusal: Refusal; length: number }>();

  get size(): number {
    return this.#items.size;
  }

  /** How many objects this restore has made or changed. */
  get made(): number {
    return this.#made;
  }

  /** @param foreseen set when it was not sent */
  add(refused: RefusedItem, foreseen?: Foreseen): void {
    this.#items.set(itemKey(refused.ref), { ...refused, madeBefore: foreseen?.madeBefore ?? this.#made });
    if (foreseen) return;
    const scope = scopeOf(refused.ref);
    const row = this.#rows.get(scope);
    const length = row?.refusal.cause === refused.refusal.cause ? row.length + 1 : 1;
    this.#rows.set(scope, { refusal: refused.refusal, length });
  }

  has(ref: ItemRef): boolean {
    return this.#items.has(itemKey(ref));
  }

  /** Something of this resource and namespace was accepted. @param changed it was made or changed */
  accepted(ref: ItemRef, changed: boolean): void {
    this.#rows.delete(scopeOf(ref));
    if (changed) this.#made++;
  }

  /**
   * The refusal that an object would meet like all those before it; undefined when it is worth asking. A cause that is in
   * the objects foresees nothing, but for a pass that only samples.
   */
  foreseen(ref: ItemRef): Foreseen | undefined {
    const row = this.#rows.get(scopeOf(ref));
    if (!row || row.length < hopeless) return undefined;
    if (row.refusal.meetsAll) return { refusal: row.refusal };
    return this.#sampling ? this.#taken.get(itemKey(ref)) : undefined;
  }

  /**
   * Hands over what waits, all or some of it; what is refused again is added again.
   * @param sampling asks only after some objects of each cause, so that passes cost little until the last ones
   */
  take(wanted: (waiting: Waiting) => boolean = () => true, sampling = false): Map<string, RefusedItem> {
    const taken = new Map<string, Waiting>();
    for (const [key, waiting] of this.#items) if (wanted(waiting)) taken.set(key, waiting);
    for (const key of taken.keys()) this.#items.delete(key);
    this.#taken = taken;
    this.#sampling = sampling;
    this.#rows.clear();
    return taken;
  }

  /** What is in the way, each cause once. */
  get causes(): string {
    return [...new Set([...this.#items.values()].map(({ refusal }) => refusal.cause))].slice(0, 5).join(', ');
  }

  /** Whether one of these cures may still help something. */
  curedBy(cure: Cure): boolean {
    for (const { refusal } of this.#items.values()) if (refusal.cure === cure) return true;
    return false;
  }

  /** Whether something was made since one of these was last sent. */
  get outdated(): boolean {
    for (const { madeBefore } of this.#items.values()) if (madeBefore < this.#made) return true;
    return false;
  }
}

function scopeOf(ref: ItemRef): string {
  return `${ref.groupResource}\0${ref.namespace ?? ''}`;
}
