import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isKind, LifeboatError } from '../errors';
import { Crc64 } from './crc64';
import { parseExtent, parseHead } from './object-head';
import type { OssPlace } from './oss-place';
import type { ObjectHead, ReadOptions } from './port';
import { backOff } from './retry';
import { hasCode, StoreError } from './store-error';
import { checkKey } from './store-key';
import { BrokenStream, chunksOf } from './stream-chunks';

/**
 * ObjectStore.read. `onHead` is told the object's head and the number of bytes to come before the first of them, and may
 * throw. The consumer may take its time: only waiting for OSS is timed.
 */
export async function* readObject(
  place: OssPlace,
  key: string,
  { start = 0, end, ifMatch, version, signal }: ReadOptions,
  onHead?: (head: ObjectHead, length: number) => void,
): AsyncGenerator<Buffer, void, undefined> {
  checkKey(place.full(key));
  checkRange(place, key, start, end);
  const { clock, random, policy, timeouts } = place.connection;
  let reading: { head: ObjectHead; stop: number; crc: Crc64 | undefined } | undefined;
  let at = start;

  for (let failures = 0; ; ) {
    const opened = await open(place, key, {
      start: at,
      end,
      ifMatch: reading?.head.etag || ifMatch,
      version,
      signal,
    }).catch((error) => {
      const gone = isKind(error, 'not-found') || hasCode(error, 'PreconditionFailed');
      throw reading && gone ? changed(place, key) : error;
    });
    try {
      if (!reading) {
        const stop = Math.min(end ?? opened.head.size, opened.head.size);
        // OSS tells the CRC of the whole object only, for ranges too.
        const crc = start === 0 && stop === opened.head.size ? new Crc64() : undefined;
        reading = { head: opened.head, stop, crc };
        onHead?.(opened.head, stop - start);
      } else if (opened.head.size !== reading.head.size || opened.head.etag !== reading.head.etag) {
        throw changed(place, key);
      }
      for await (const chunk of chunksOf(opened.stream, timeouts.idle)) {
        const wanted = chunk.subarray(0, reading.stop - at);
        reading.crc?.update(wanted);
        at += wanted.length;
        failures = 0;
        if (wanted.length > 0) yield wanted;
        // An answer that has come in full ends by itself, and its connection serves the next call.
        if (at === reading.stop && !opened.stream.complete) break;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof BrokenStream)) throw error;
    } finally {
      opened.stream.destroy();
    }
    if (at === reading!.stop) break;

    // The connection broke: go on where it did. Every byte that came gives the tries back.
    failures += 1;
    if (failures >= policy.attempts) throw broken(place, key);
    await clock.sleep(backOff(policy, failures, random), signal);
  }

  const { head, crc } = reading!;
  if (crc && head.crc64 !== undefined && head.crc64 !== crc.digest())
    throw crcMismatch(place, key, 'GetObject');
}

function open(
  place: OssPlace,
  key: string,
  { start = 0, end, ifMatch, version, signal }: ReadOptions,
): Promise<{ stream: IncomingMessage; head: ObjectHead }> {
  return place.connection.call(
    'GetObject',
    place.describe(key),
    async (client) => {
      const { stream, res } = await client.getStream(place.full(key), {
        headers: { ...rangeHeaders(start, end), ...(ifMatch && { 'If-Match': ifMatch }) },
        ...(version !== undefined && { subres: { versionId: version } }),
      });
      try {
        return { stream, head: headOf(place, key, start, res.headers) };
      } catch (error) {
        stream.destroy();
        throw error;
      }
    },
    { signal },
  );
}

/** Without `standard`, OSS answers a range beyond the end with the whole object. */
function rangeHeaders(start: number, end: number | undefined): Record<string, string> {
  if (start === 0 && end === undefined) return {};
  return {
    Range: `bytes=${start}-${end === undefined ? '' : end - 1}`,
    'x-oss-range-behavior': 'standard',
  };
}

function headOf(place: OssPlace, key: string, start: number, headers: IncomingHttpHeaders): ObjectHead {
  const extent = parseExtent(headers);
  if (extent?.start !== start) {
    throw new LifeboatError('unavailable', `GetObject ${place.describe(key)}: the range was ignored`, {
      hint: 'a proxy between here and OSS changes requests',
    });
  }
  return parseHead(key, headers, extent.size);
}

function checkRange(place: OssPlace, key: string, start: number, end: number | undefined): void {
  const whole = Number.isSafeInteger(start) && (end === undefined || Number.isSafeInteger(end));
  if (whole && start >= 0 && (end === undefined || end > start)) return;
  throw new LifeboatError(
    'invalid',
    `GetObject ${place.describe(key)}: ${start} to ${end} is no range of bytes`,
  );
}

function changed(place: OssPlace, key: string): LifeboatError {
  return new LifeboatError('conflict', `${place.describe(key)} was changed while it was read`, {
    hint: 'read it again',
  });
}

function broken(place: OssPlace, key: string): StoreError {
  return new StoreError(
    'unavailable',
    {
      op: 'GetObject',
      place: place.describe(key),
      code: 'ConnectionBroken',
      transient: true,
      ambiguous: false,
    },
    'the connection broke again and again without bringing a byte',
  );
}

/** Bytes and CRC-64 do not agree. */
export function crcMismatch(place: OssPlace, key: string, op: string): StoreError {
  return new StoreError(
    'corrupt',
    { op, place: place.describe(key), code: 'CrcMismatch', transient: false, ambiguous: false },
    'the bytes do not have the CRC-64 that OSS keeps of the object',
  );
}
