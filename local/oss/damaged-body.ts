import type { Clock } from '../../shared/platform/clock';
import type { Fault } from './faults';

/** Thrown where the connection is to break. */
export class ConnectionBreak extends Error {}

/** Thrown where a proxy is to answer. */
export class ProxyFailure extends Error {}

/** A body with the fault in it; other faults leave it as it is. */
export function damaged(
  body: AsyncIterable<Buffer>,
  fault: Fault | undefined,
  clock: Clock,
  signal: AbortSignal,
): AsyncIterable<Buffer> {
  switch (fault?.kind) {
    case 'truncate':
      return breaking(body, fault.afterBytes);
    case 'bit-flip':
      return flipped(body, fault.atByte);
    case 'stall-in-body':
      return stalling(body, fault.afterBytes, () => stall(fault.ms, clock, signal));
    case 'slow-body':
      return slowed(body, (bytes) => clock.sleep((bytes / fault.bytesPerSecond) * 1000, signal));
    default:
      return body;
  }
}

/** Waits `ms`, or until the server closes or the client goes. */
export async function stall(ms: number | undefined, clock: Clock, signal: AbortSignal): Promise<void> {
  if (ms !== undefined) return clock.sleep(ms, signal);
  await new Promise<never>((_, reject) => {
    const end = () => reject(new ConnectionBreak('the stalled connection was closed'));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

async function* breaking(body: AsyncIterable<Buffer>, afterBytes: number): AsyncGenerator<Buffer> {
  let left = afterBytes;
  for await (const chunk of body) {
    if (chunk.length >= left) {
      yield chunk.subarray(0, left);
      break;
    }
    left -= chunk.length;
    yield chunk;
  }
  throw new ConnectionBreak('truncated');
}

async function* flipped(body: AsyncIterable<Buffer>, atByte: number): AsyncGenerator<Buffer> {
  let offset = 0;
  for await (const chunk of body) {
    const position = atByte - offset;
    offset += chunk.length;
    if (position < 0 || position >= chunk.length) {
      yield chunk;
      continue;
    }
    const copy = Buffer.from(chunk);
    copy[position]! ^= 1;
    yield copy;
  }
}

async function* stalling(
  body: AsyncIterable<Buffer>,
  afterBytes: number,
  wait: () => Promise<void>,
): AsyncGenerator<Buffer> {
  let left = afterBytes;
  let waited = false;
  for await (const chunk of body) {
    if (waited || chunk.length < left) {
      left -= chunk.length;
      yield chunk;
      continue;
    }
    waited = true;
    if (left > 0) yield chunk.subarray(0, left);
    await wait();
    yield chunk.subarray(left);
  }
}

async function* slowed(
  body: AsyncIterable<Buffer>,
  wait: (bytes: number) => Promise<void>,
): AsyncGenerator<Buffer> {
  for await (const chunk of body) {
    for (let at = 0; at < chunk.length; at += 4096) {
      const piece = chunk.subarray(at, at + 4096);
      await wait(piece.length);
      yield piece;
    }
  }
}
