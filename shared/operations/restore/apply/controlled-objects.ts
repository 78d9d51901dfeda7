/**
 * Which objects are left to controllers, decided when the outcome of every other object is known: a controller that was not
 * restored and is not in the cluster makes nothing.
 */
export class ControlledObjects {
  /** uids of the backup: what is left to its controller, and controls others itself. */
  readonly #left = new Set<string>();
  #settles = false;

  /** False while objects that may be left to a controller are put aside. */
  get settles(): boolean {
    return this.#settles;
  }

  /** From now on each of them is decided. */
  begin(): void {
    this.#settles = true;
  }

  /** Takes note of an owner that its own controller makes again. */
  leave(oldUid: string): void {
    this.#left.add(oldUid);
  }

  isLeft(oldUid: string): boolean {
    return this.#left.has(oldUid);
  }
}
