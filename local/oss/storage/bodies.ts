import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Crc64 } from '../../../shared/platform/oss/crc64';
import type { Segment } from './object-version';

/** Bytes that are on disk and not yet visible. */
export interface StoredBody {
  segment: Segment;
  /** Upper-case hex. */
  md5: string;
  crc64: string;
}

/** The immutable files that hold the content of a bucket's objects and parts. */
export class Bodies {
  readonly #readers = new Map<string, number>();
  readonly #doomed = new Set<string>();

  constructor(readonly directory: string) {}

  /** Writes a stream to a new file and syncs it. A source that fails leaves nothing behind. */
  async write(source: AsyncIterable<Buffer>): Promise<StoredBody> {
    const name = randomBytes(16).toString('hex');
    const path = join(this.directory, name);
    const md5 = createHash('md5');
    const crc64 = new Crc64();
    let size = 0;
    const file = await open(path, 'wx');
    try {
      for await (const chunk of source) {
        md5.update(chunk);
        crc64.update(chunk);
        size += chunk.length;
        let written = 0;
        while (written < chunk.length) written += (await file.write(chunk, written)).bytesWritten;
      }
      await file.sync();
      await file.close();
    } catch (error) {
      await file.close().catch(() => {});
      await rm(path, { force: true });
      throw error;
    }
    return { segment: { file: name, size }, md5: md5.digest('hex').toUpperCase(), crc64: crc64.digest() };
  }

  /** The same bytes under new names, for another owner; `source` is where they lie now. */
  async share(source: Bodies, segments: readonly Segment[]): Promise<Segment[]> {
    const release = source.hold(segments);
    try {
      return await Promise.all(
        segments.map(async ({ file, size }) => {
          const name = randomBytes(16).toString('hex');
          await link(join(source.directory, file), join(this.directory, name));
          return { file: name, size };
        }),
      );
    } finally {
      release();
    }
  }

  /** Bytes `start` up to and without `end`. What is removed meanwhile stays readable until the reader is done. */
  read(segments: readonly Segment[], start: number, end: number): AsyncIterable<Buffer> {
    const release = this.hold(segments);
    const chunks = readSegments(this.directory, segments, start, end);
    return {
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          try {
            const step = await chunks.next();
            if (step.done) release();
            return step;
          } catch (error) {
            release();
            throw error;
          }
        },
        return: async () => {
          release();
          return chunks.return(undefined);
        },
      }),
    };
  }

  /** Keeps files from being removed until what is returned is called. */
  hold(segments: readonly Segment[]): () => void {
    for (const { file } of segments) this.#readers.set(file, (this.#readers.get(file) ?? 0) + 1);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#release(segments);
    };
  }

  /** Removes files, those with readers when the last one is done. */
  async remove(segments: readonly Segment[]): Promise<void> {
    for (const { file } of segments) {
      if (this.#readers.has(file)) this.#doomed.add(file);
      else await rm(join(this.directory, file), { force: true });
    }
  }

  #release(segments: readonly Segment[]): void {
    for (const { file } of segments) {
      const left = (this.#readers.get(file) ?? 1) - 1;
      if (left > 0) {
        this.#readers.set(file, left);
        continue;
      }
      this.#readers.delete(file);
      // A leftover that cannot be removed now is removed at the next start.
      if (this.#doomed.delete(file)) rm(join(this.directory, file), { force: true }).catch(() => {});
    }
  }
}

async function* readSegments(
  directory: string,
  segments: readonly Segment[],
  start: number,
  end: number,
): AsyncGenerator<Buffer, void, undefined> {
  let offset = 0;
  for (const { file, size } of segments) {
    const from = Math.max(start - offset, 0);
    const to = Math.min(end - offset, size);
    offset += size;
    if (from >= to) continue;
    yield* createReadStream(join(directory, file), { start: from, end: to - 1, highWaterMark: 256 * 1024 });
  }
}
