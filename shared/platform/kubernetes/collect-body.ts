import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import type { BodyBuffers } from './body-buffers';

const chunkBytes = 128 * 1024;
/** Packed bytes that are gathered before they are unpacked: servers send many small pieces, and each takes a thread's turn. */
const packedPieceBytes = 32 * 1024;

/** The compressed answer cannot be unpacked. */
export class DamagedBody extends Error {}

/** The body is larger than was wanted. */
export class OversizedBody extends Error {}

/**
 * Collects the body of an answer, unpacking it as it comes. Rejects with DamagedBody, OversizedBody, or what the
 * connection broke with.
 */
export function collectBody(
  response: IncomingMessage,
  maxBytes: number,
  buffers: BodyBuffers | undefined,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const packed = response.headers['content-encoding'] === 'gzip';
    const body = new Growing(buffers);
    // Both are compared against the limit: what is packed may be hostile too.
    let received = 0;
    const gunzip = packed ? createGunzip({ chunkSize: chunkBytes }) : undefined;
    let packedBytes: Buffer[] = [];
    let gathered = 0;
    const unpack = () => {
      gunzip?.write(Buffer.concat(packedBytes));
      packedBytes = [];
      gathered = 0;
    };
    let settled = false;
    const fail = (error: Error) => {
      if (settled) return;
      settled = true;
      gunzip?.destroy();
      body.drop();
      reject(error);
    };
    const end = () => {
      if (settled) return;
      settled = true;
      resolve(body.bytes());
    };
    const take = (chunk: Buffer) => {
      if (settled) return;
      if (body.length + chunk.length > maxBytes) return fail(new OversizedBody());
      body.add(chunk);
    };
    response.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (settled) return;
      if (!gunzip) return take(chunk);
      if (received > maxBytes) return fail(new OversizedBody());
      packedBytes.push(chunk);
      gathered += chunk.length;
      if (gathered >= packedPieceBytes) unpack();
    });
    response.once('error', fail);
    response.once('close', () => {
      if (!response.complete) fail(Object.assign(new Error('the answer broke off'), { code: 'ECONNRESET' }));
    });
    response.once('end', () => {
      if (!response.complete) return;
      if (!gunzip || received === 0) return end();
      unpack();
      gunzip.end();
    });
    gunzip?.on('data', take);
    gunzip?.once('error', () => fail(new DamagedBody()));
    gunzip?.once('end', end);
  });
}

/** Bytes that are added to: in one of the buffers, or in memory of their own. */
class Growing {
  readonly #buffers: BodyBuffers | undefined;
  #chunks: Buffer[] = [];
  #whole: Buffer | undefined;
  length = 0;

  constructor(buffers: BodyBuffers | undefined) {
    this.#buffers = buffers;
  }

  add(chunk: Buffer): void {
    const end = this.length + chunk.length;
    if (this.#buffers) {
      this.#whole ??= this.#buffers.take();
      if (end > this.#whole.length) this.#grow(this.#buffers, end);
      chunk.copy(this.#whole, this.length);
    } else {
      this.#chunks.push(chunk);
    }
    this.length = end;
  }

  bytes(): Buffer {
    if (this.#whole) return this.#buffers!.keep(this.#whole, this.length);
    return this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.length);
  }

  drop(): void {
    if (this.#whole) this.#buffers?.give(this.#whole);
    this.#whole = undefined;
    this.#chunks = [];
  }

  #grow(buffers: BodyBuffers, least: number): void {
    const small = this.#whole!;
    this.#whole = buffers.take(Math.max(least, 2 * small.length));
    small.copy(this.#whole, 0, 0, this.length);
    buffers.give(small);
  }
}
