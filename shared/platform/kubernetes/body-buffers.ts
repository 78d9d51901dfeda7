/** What most pages of a list take. */
const usualBytes = 2 << 20;
/** What is smaller gets memory of its own, or sixty small lists that wait would hold sixty large buffers. */
const smallBytes = 256 << 10;
/** A larger one is left to the collector. */
const keptBytes = 8 << 20;

/**
 * Memory for the bodies of lists, used again and again. Fresh memory for each page would leave the process as large as all
 * the pages that the collector has not come to yet, since it looks at memory outside of its heap late.
 */
export class BodyBuffers {
  readonly #free: Buffer[] = [];

  /** What a buffer that was taken holds: the buffer itself, or a copy where that is small, and the buffer is free again. */
  keep(buffer: Buffer, length: number): Buffer {
    const held = buffer.subarray(0, length);
    if (length >= smallBytes) return held;
    const copy = Buffer.from(held);
    this.give(buffer);
    return copy;
  }

  /** At least `least` bytes, with anything in them. */
  take(least = 0): Buffer {
    const fits = this.#free.findLastIndex((buffer) => buffer.length >= least);
    if (fits >= 0) return this.#free.splice(fits, 1)[0]!;
    return Buffer.allocUnsafeSlow(Math.max(usualBytes, least));
  }

  /** Hands back what was taken, or a part of it. Nothing may use it, or slices of it, any more. */
  give(body: Buffer): void {
    const whole = Buffer.from(body.buffer);
    if (whole.length >= usualBytes && whole.length <= keptBytes) this.#free.push(whole);
  }
}
