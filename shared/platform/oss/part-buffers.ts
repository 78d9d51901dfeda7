/** A fixed number of buffers that are used again and again, so that memory does not depend on the collector's mood. */
export class PartBuffers {
  readonly #free: (Buffer | undefined)[];
  readonly #waiting: ((buffer: Buffer | undefined) => void)[] = [];

  constructor(count: number) {
    this.#free = Array.from({ length: count }, () => undefined);
  }

  /** A buffer of `size` bytes with anything in it; waits until one is free. */
  async take(size: number): Promise<Buffer> {
    const used =
      this.#free.length > 0
        ? this.#free.pop()
        : await new Promise<Buffer | undefined>((resolve) => this.#waiting.push(resolve));
    return used?.length === size ? used : Buffer.allocUnsafeSlow(size);
  }

  /** Hands a buffer back. Nothing may use it any more. */
  give(buffer: Buffer): void {
    const next = this.#waiting.shift();
    if (next) next(buffer);
    else this.#free.push(buffer);
  }
}
