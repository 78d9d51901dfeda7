import { createHash } from 'node:crypto';
import { LifeboatError } from '../errors';
import { Crc64 } from './crc64';
import { PartBuffers } from './part-buffers';
import type { ObjectStore, PutOptions, Upload, UploadedPart } from './port';

export interface UploadStreamOptions extends PutOptions {
  /** Bytes of the first parts; at least 100 KiB (OSS's rule). */
  partSize?: number;
  /** Parts under way while the next one is filled; default 2. */
  inFlight?: number;
  /** Called with the upload when it has begun; it has to end well before the upload is finished. */
  started?(upload: Upload): Promise<void>;
}

/** A stream that lies in OSS as the parts of an upload that nobody has completed. */
export interface UploadedStream {
  upload: Upload;
  /** In order. */
  parts: UploadedPart[];
  size: number;
  /** Decimal CRC-64/XZ of the whole, for `upload.complete`. */
  crc64: string;
  /** Lower-case hex. */
  sha256: string;
}

/**
 * How long parts that are on their way may still end after the upload is given up, milliseconds. OSS goes on with a part whose
 * connection is broken, and an upload that is aborted meanwhile may stay behind with that part.
 */
const grace = 2_000;

/** With two parts on their way and one filling, memory for three. */
export const usualPartBytes = 1 << 20;
const minPartSize = 100 * 1024;
const maxParts = 10_000;

/**
 * Uploads a stream of unknown length in parts, without completing it: that is the commit's business. Holds at most
 * `inFlight + 1` parts in memory and reads `source` no faster than OSS takes it. When anything fails, or the signal aborts, the
 * upload is aborted once the parts that are on their way have ended, and the first error thrown.
 */
export async function uploadStream(
  store: Pick<ObjectStore, 'startUpload'>,
  key: string,
  source: AsyncIterable<Buffer>,
  { partSize = usualPartBytes, inFlight = 2, signal, started, ...options }: UploadStreamOptions = {},
): Promise<UploadedStream> {
  if (partSize < minPartSize || inFlight < 1) {
    throw new LifeboatError(
      'invalid',
      `Parts of ${partSize} bytes, ${inFlight} at a time, cannot be uploaded`,
    );
  }
  signal?.throwIfAborted();
  const chunks = source[Symbol.asyncIterator]();
  // What the source needs for its first chunk passes while the upload is begun.
  const first = chunks.next();
  first.catch(() => {});
  try {
    // Without the signal: an answer that nobody waits for would leave an upload whose id nobody knows.
    const upload = await store.startUpload(key, { ...options, signal: undefined });
    const sender = new PartSender(upload, partSize, inFlight, signal);
    try {
      signal?.throwIfAborted();
      const noted = started?.(upload);
      noted?.catch(() => {});
      for (let next = await first; !next.done; next = await chunks.next()) await sender.take(next.value);
      const [uploaded] = await Promise.all([sender.finish(), noted]);
      return uploaded;
    } catch (error) {
      const reason = await sender.stop(error);
      // The upload is of no use to anybody; if it cannot be removed now, the bucket's lifecycle rule does it.
      await upload.abort().catch(() => {});
      throw reason;
    }
  } finally {
    // A source that was not read to its end; what it says of that is of no interest beside why.
    await first.catch(() => {});
    await chunks.return?.().catch(() => {});
  }
}

/** The size of part `number` (from 1): doubles every thousand parts, so that 10,000 hold 1 TB. */
export function sizeOfPart(number: number, first: number): number {
  return first * 2 ** Math.floor((number - 1) / 1000);
}

class PartSender {
  readonly #upload: Upload;
  readonly #firstSize: number;
  readonly #buffers: PartBuffers;
  readonly #stop = new AbortController();
  /** Aborts when no more parts are wanted. */
  readonly #signal: AbortSignal;
  /** Aborts a while later: breaks the connections of the parts that have not ended by then. */
  readonly #broken = new AbortController();
  #grace: NodeJS.Timeout | undefined;
  readonly #underWay = new Set<Promise<void>>();
  readonly #parts: UploadedPart[] = [];
  readonly #crc = new Crc64();
  readonly #sha256 = createHash('sha256');
  #size = 0;
  #number = 0;
  #filling: { buffer: Buffer; filled: number } | undefined;
  #failure: { error: unknown } | undefined;

  constructor(upload: Upload, firstSize: number, inFlight: number, signal: AbortSignal | undefined) {
    this.#upload = upload;
    this.#firstSize = firstSize;
    this.#buffers = new PartBuffers(inFlight + 1);
    this.#signal = signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal;
    this.#signal.addEventListener('abort', () => {
      if (this.#underWay.size === 0) return;
      this.#grace = setTimeout(() => this.#broken.abort(this.#signal.reason), grace);
    });
  }

  async take(chunk: Buffer): Promise<void> {
    this.#crc.update(chunk);
    this.#sha256.update(chunk);
    this.#size += chunk.length;
    for (let at = 0; at < chunk.length; ) {
      this.#filling ??= { buffer: await this.#nextBuffer(), filled: 0 };
      const { buffer, filled } = this.#filling;
      const copied = chunk.copy(buffer, filled, at);
      this.#filling.filled += copied;
      at += copied;
      if (this.#filling.filled === buffer.length) this.#send();
    }
  }

  async finish(): Promise<UploadedStream> {
    // A stream without a byte is one part without a byte: OSS completes no upload that has no parts.
    if (!this.#filling && this.#number === 0) this.#filling = { buffer: await this.#nextBuffer(), filled: 0 };
    if (this.#filling) this.#send();
    await this.#ended();
    this.#throwFailure();
    this.#signal.throwIfAborted();
    return {
      upload: this.#upload,
      parts: this.#parts.sort((a, b) => a.number - b.number),
      size: this.#size,
      crc64: this.#crc.digest(),
      sha256: this.#sha256.digest('hex'),
    };
  }

  /** Sends no more, and waits for what is under way; returns the error that was first. */
  async stop(error: unknown): Promise<unknown> {
    const first = this.#failure ? this.#failure.error : error;
    this.#stop.abort();
    await this.#ended();
    return first;
  }

  async #ended(): Promise<void> {
    await Promise.all(this.#underWay);
    clearTimeout(this.#grace);
  }

  async #nextBuffer(): Promise<Buffer> {
    const buffer = await this.#buffers.take(sizeOfPart(this.#number + 1, this.#firstSize));
    this.#throwFailure();
    this.#signal.throwIfAborted();
    return buffer;
  }

  #send(): void {
    this.#signal.throwIfAborted();
    const { buffer, filled } = this.#filling!;
    this.#filling = undefined;
    this.#number += 1;
    if (this.#number > maxParts) {
      throw new LifeboatError('invalid', `${this.#upload.key} is larger than 10,000 parts can hold`);
    }
    const sending = this.#upload
      .part(this.#number, buffer.subarray(0, filled), this.#broken.signal)
      .then(
        (part) => {
          this.#parts.push(part);
        },
        (error) => {
          this.#failure ??= { error };
          this.#stop.abort();
        },
      )
      .finally(() => {
        this.#buffers.give(buffer);
        this.#underWay.delete(sending);
      });
    this.#underWay.add(sending);
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }
}
