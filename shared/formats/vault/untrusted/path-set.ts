/**
 * Remembers which paths were seen in 16 bytes each, so that finding a path twice costs no memory per object to speak of:
 * 64 bits of hash in an open table. Two different paths taken for one is a matter of 1 in 10^13 at 10^3 paths, 1 in 10^7
 * at 10^6, and makes an archive unreadable rather than wrong.
 */
export class PathSet {
  #slots = new Uint32Array(2 * 1024);
  #count = 0;

  /** False when the path was added before. */
  add(path: string): boolean {
    if (this.#count * 2 >= this.#slots.length / 2) this.#grow();
    const [a, b] = hash(path);
    if (!insert(this.#slots, a, b)) return false;
    this.#count += 1;
    return true;
  }

  has(path: string): boolean {
    const [a, b] = hash(path);
    return this.#slots[placeOf(this.#slots, a, b)] !== 0;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += 2) {
      if (old[at] !== 0) insert(this.#slots, old[at]!, old[at + 1]!);
    }
  }
}

function insert(slots: Uint32Array, a: number, b: number): boolean {
  const place = placeOf(slots, a, b);
  if (slots[place] !== 0) return false;
  slots[place] = a;
  slots[place + 1] = b;
  return true;
}

/** Where a hash stands, or the empty slot where it belongs. A first half of 0 marks an empty slot; `hash` never gives it. */
function placeOf(slots: Uint32Array, a: number, b: number): number {
  const mask = slots.length - 2;
  let at = (a * 2) & mask;
  while (slots[at] !== 0 && !(slots[at] === a && slots[at + 1] === b)) at = (at + 2) & mask;
  return at;
}

/** Two multiplicative hashes over the UTF-16 units, mixed at the end (the constants are those of MurmurHash3 and xxHash). */
function hash(path: string): [number, number] {
  let a = 0x9e3779b1;
  let b = 0x85ebca6b;
  for (let at = 0; at < path.length; at++) {
    const unit = path.charCodeAt(at);
    a = Math.imul(a ^ unit, 0xcc9e2d51);
    a ^= a >>> 15;
    b = Math.imul(b ^ unit, 0x27d4eb2f);
    b ^= b >>> 13;
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0xc2b2ae3d) ^ Math.imul(a ^ (a >>> 13), 0x9e3779b1);
  return [a >>> 0 || 1, b >>> 0];
}
