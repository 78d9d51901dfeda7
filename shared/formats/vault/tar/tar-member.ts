import { blockBytes, padding, type TarHeaders, type TarPlace } from './tar-header';

/** Bytes that a body and its padding take. */
export function blocks(size: number): number {
  return size + padding(size);
}

/** The tar blocks of one gzip member, gathered in a slab that is used again for a later member. */
export class TarMember {
  items = 0;
  size = 0;

  constructor(
    readonly groupResource: string | undefined,
    readonly slab: Buffer,
  ) {}

  fits(bytes: number): boolean {
    // The last member also takes the trailer.
    return this.size + bytes + 2 * blockBytes <= this.slab.length;
  }

  /** A file whose bytes are `head`, where there is one, and `body` behind it. */
  file(headers: TarHeaders, place: TarPlace, body: Buffer, head?: Buffer): void {
    const length = (head?.length ?? 0) + body.length;
    this.size = headers.write(this.slab, this.size, place, length);
    if (head) this.size += head.copy(this.slab, this.size);
    this.size += body.copy(this.slab, this.size);
    this.#zeros(padding(length));
  }

  /** Two zero blocks: the end of a tar file. */
  trailer(): void {
    this.#zeros(2 * blockBytes);
  }

  get bytes(): Buffer {
    return this.slab.subarray(0, this.size);
  }

  #zeros(count: number): void {
    this.slab.fill(0, this.size, this.size + count);
    this.size += count;
  }
}

/**
 * Slabs for members. Fresh memory for each would leave the process as large as all the members that the collector has not
 * come to yet.
 */
export class Slabs {
  readonly #free: Buffer[] = [];

  constructor(private readonly size: number) {}

  /** One of the usual size, or a larger one for an object that needs it. */
  take(least: number): Buffer {
    if (least > this.size) return Buffer.allocUnsafeSlow(least);
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.size);
  }

  give(slab: Buffer): void {
    if (slab.length === this.size) this.#free.push(slab);
  }
}
