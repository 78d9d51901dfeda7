import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isKind } from '../../../../shared/platform/errors';
import { crc64 } from '../../../../shared/platform/oss/crc64';
import type { ObjectStore, Upload } from '../../../../shared/platform/oss/port';
import { sizeOfPart, usualPartBytes, uploadStream } from '../../../../shared/platform/oss/upload-stream';
import { collect, failure, type OssFixture, slices, startFixture } from './oss-fixture';

const KiB = 1024;

describe('uploadStream', () => {
  let oss: OssFixture;
  beforeAll(async () => {
    oss = await startFixture();
  });
  afterAll(() => oss.close());
  afterEach(() => oss.server.faults.clear());

  it('uploads a stream whose length nobody knows, which ali-oss refuses, and leaves completing to the caller', async () => {
    const content = randomBytes(1_234_567);

    const uploaded = await uploadStream(oss.store, 'stream', slices(content, 33_333), {
      partSize: 256 * KiB,
    });

    expect(await oss.store.head('stream')).toBeUndefined();
    expect(uploaded.parts.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    const head = await uploaded.upload.complete(uploaded.parts, uploaded);
    expect(head.size).toBe(1_234_567);
    expect((await collect(oss.store.read('stream'))).equals(content)).toBe(true);
  });

  it('sends the same bytes and sums however the stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 400 }),
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.integer({ min: 1, max: 300 * KiB }), { minLength: 1, maxLength: 6 }),
        async (pattern, inFlight, cuts) => {
          const content = Buffer.alloc(600 * KiB, pattern);
          const { store, parts } = memory();

          const uploaded = await uploadStream(store, 'k', cut(content, cuts), {
            partSize: 100 * KiB,
            inFlight,
          });

          const received = Buffer.concat(
            [...parts.entries()].sort(([a], [b]) => a - b).map(([, part]) => part),
          );
          expect(received.equals(content)).toBe(true);
          expect(uploaded).toMatchObject({
            size: content.length,
            crc64: crc64(content),
            sha256: createHash('sha256').update(content).digest('hex'),
          });
          expect(uploaded.parts.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('takes no more from the stream than it may hold', async () => {
    const { store, release } = memory({ held: true });
    let taken = 0;
    async function* endless() {
      for (; taken < 64; taken++) yield Buffer.alloc(100 * KiB);
    }

    const uploading = uploadStream(store, 'k', endless(), { partSize: 100 * KiB, inFlight: 2 });
    await delay(50);
    const takenBefore = taken;
    release();
    const { parts } = await uploading;

    expect(takenBefore).toBeLessThanOrEqual(4);
    expect(parts).toHaveLength(64);
  });

  it('keeps so many parts under way besides the one that was just filled, and no more', async () => {
    let now = 0;
    let most = 0;
    const { store } = memory({
      onPart: async () => {
        most = Math.max(most, ++now);
        await delay(2);
        now -= 1;
      },
    });

    await uploadStream(store, 'k', slices(Buffer.alloc(3000 * KiB), 10 * KiB), {
      partSize: 100 * KiB,
      inFlight: 3,
    });

    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
  });

  it('tries parts again, whose bytes it still has', async () => {
    const content = randomBytes(900 * KiB);
    oss.server.faults.add({ operation: 'UploadPart', count: 5, fault: { kind: 'reset-after-commit' } });

    const uploaded = await uploadStream(oss.store, 'retried', slices(content, 5000), { partSize: 100 * KiB });
    await uploaded.upload.complete(uploaded.parts, uploaded);

    expect((await oss.store.get('retried')).body.equals(content)).toBe(true);
  });

  it('aborts the upload and throws the first error when a part fails', async () => {
    oss.server.faults.add({
      operation: 'UploadPart',
      skip: 1,
      count: 99,
      fault: { kind: 'status', status: 403, code: 'AccessDenied' },
    });

    const error = await failure(
      uploadStream(oss.store, 'failing/part', slices(Buffer.alloc(2000 * KiB), 5000), {
        partSize: 100 * KiB,
      }),
    );

    expect(isKind(error, 'denied')).toBe(true);
    for await (const upload of oss.store.uploads('failing/')) throw new Error(`${upload.key} was left`);
  });

  it('aborts the upload and throws what the stream threw', async () => {
    const broken = new Error('cluster went away');
    async function* source() {
      yield Buffer.alloc(250 * KiB);
      throw broken;
    }

    expect(await failure(uploadStream(oss.store, 'failing/source', source(), { partSize: 100 * KiB }))).toBe(
      broken,
    );
    for await (const upload of oss.store.uploads('failing/')) throw new Error(`${upload.key} was left`);
  });

  it('asks the stream for its first bytes while the upload is begun, and ends it where that is refused', async () => {
    const denied = new Error('upload denied');
    const seen: string[] = [];
    async function* source() {
      try {
        seen.push('asked');
        yield Buffer.alloc(1);
      } finally {
        seen.push('ended');
      }
    }
    const store = {
      startUpload: async () => {
        await delay(1);
        seen.push('refused');
        throw denied;
      },
    };

    expect(await failure(uploadStream(store, 'k', source()))).toBe(denied);
    expect(seen).toEqual(['asked', 'refused', 'ended']);
  });

  it('throws the failure of a part rather than that of the stream which came of it', async () => {
    const denied = new Error('part denied');
    const { store } = memory({ onPart: () => Promise.reject(denied) });
    async function* source() {
      yield Buffer.alloc(100 * KiB);
      await delay(20);
      throw new Error('nobody reads me');
    }

    expect(await failure(uploadStream(store, 'k', source(), { partSize: 100 * KiB }))).toBe(denied);
  });

  it('aborts the upload with the reason of its signal', async () => {
    const stop = new AbortController();
    const reason = new Error('lease lost');
    oss.server.faults.add({ operation: 'UploadPart', count: 99, fault: { kind: 'stall-before-headers' } });
    setTimeout(() => stop.abort(reason), 100);

    const error = await failure(
      uploadStream(oss.store, 'failing/signal', slices(Buffer.alloc(2000 * KiB), 5000), {
        partSize: 100 * KiB,
        signal: stop.signal,
      }),
    );

    expect(error).toBe(reason);
    for await (const upload of oss.store.uploads('failing/')) throw new Error(`${upload.key} was left`);
  });

  it('aborts the upload only after the parts that were on their way have ended', async () => {
    const order: string[] = [];
    const stop = new AbortController();
    let arrived = () => {};
    const sending = new Promise<void>((resolve) => (arrived = resolve));
    const upload = {
      key: 'k',
      id: 'u',
      async part(number: number, _body: Buffer, signal?: AbortSignal) {
        arrived();
        await delay(200);
        order.push(signal?.aborted ? 'part broken off' : 'part ended');
        return { number, etag: '"1"' };
      },
      abort: async () => void order.push('aborted'),
    };
    const store = { startUpload: async () => upload } as unknown as ObjectStore;
    void sending.then(() => stop.abort(new Error('cancelled')));

    const error = await failure(
      uploadStream(store, 'k', slices(Buffer.alloc(1000 * KiB), 5000), {
        partSize: 100 * KiB,
        inFlight: 1,
        signal: stop.signal,
      }),
    );

    expect((error as Error).message).toBe('cancelled');
    expect(order).toEqual(['part ended', 'aborted']);
  });

  it('refuses parts smaller than OSS takes', async () => {
    const error = await failure(uploadStream(oss.store, 'k', slices(Buffer.alloc(1), 1), { partSize: 1000 }));

    expect(isKind(error, 'invalid')).toBe(true);
  });
});

describe('sizeOfPart', () => {
  it('never shrinks, and holds more than 1 TB in 10,000 parts of the usual size at first', () => {
    let total = 0;
    for (let number = 1; number <= 10_000; number++) {
      const size = sizeOfPart(number, usualPartBytes);
      expect(size).toBeGreaterThanOrEqual(number === 1 ? 0 : sizeOfPart(number - 1, usualPartBytes));
      expect(size).toBeLessThanOrEqual(5 * KiB ** 3);
      total += size;
    }
    expect(total).toBeGreaterThan(1e12);
  });
});

function cut(content: Buffer, cuts: number[]): AsyncIterable<Buffer> {
  return (async function* () {
    for (let at = 0, n = 0; at < content.length; n++) {
      const size = cuts[n % cuts.length]!;
      yield content.subarray(at, at + size);
      at += size;
    }
  })();
}

/** Keeps parts in memory; with `held`, no part ends before `release`. */
function memory({ held = false, onPart }: { held?: boolean; onPart?: () => Promise<void> } = {}) {
  const parts = new Map<number, Buffer>();
  let release = () => {};
  const gate = held ? new Promise<void>((resolve) => (release = resolve)) : Promise.resolve();
  const upload: Pick<Upload, 'key' | 'id' | 'part' | 'abort'> = {
    key: 'k',
    id: 'u',
    part: async (number, body) => {
      await onPart?.();
      await gate;
      parts.set(number, Buffer.from(body));
      return { number, etag: `"${number}"` };
    },
    abort: async () => {},
  };
  const store = { startUpload: async () => upload } as unknown as ObjectStore;
  return { store, parts, release: () => release() };
}
