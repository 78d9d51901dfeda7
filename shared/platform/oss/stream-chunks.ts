import type { Readable } from 'node:stream';

/** The stream ended by a fault of the connection: what is missing can be fetched again. */
export class BrokenStream extends Error {}

/**
 * The chunks of an answer. Throws BrokenStream when the connection breaks, or brings nothing for `idle` milliseconds while
 * a chunk is waited for; the time that the consumer takes does not count.
 */
export async function* chunksOf(stream: Readable, idle: number): AsyncGenerator<Buffer, void, undefined> {
  let waiting = false;
  const watchdog = setTimeout(() => {
    if (waiting) stream.destroy(new BrokenStream('nothing came'));
  }, idle);
  const iterator = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      waiting = true;
      watchdog.refresh();
      const next = await iterator.next();
      waiting = false;
      if (next.done) return;
      yield next.value as Buffer;
    }
  } catch (error) {
    throw waiting ? new BrokenStream('the connection broke') : error;
  } finally {
    clearTimeout(watchdog);
    stream.destroy();
  }
}
