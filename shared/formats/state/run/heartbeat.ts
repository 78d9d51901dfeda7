import type { Clock } from '../../../platform/clock';
import { instant } from '../../manifests/instant';
import type { ObjectStore } from '../../../platform/oss/port';
import { documentBytes } from '../json-object';

const key = 'heartbeat.json';

/** A tick every minute: after so long without one something is wrong. Milliseconds. */
export const silentAfter = 10 * 60_000;

/** How long the first heartbeat of a new installation may take, from its creation on. Milliseconds. */
export const startsWithin = 15 * 60_000;

/** Written at the end of each tick, overwritten. */
export async function beat(state: ObjectStore, clock: Clock, summary: Record<string, number>): Promise<void> {
  await state.put(key, documentBytes({ kind: 'Heartbeat', at: instant(clock.now()), ...summary }));
}

/** Milliseconds by OSS's time since the last tick ended; undefined when none ever did. */
export async function heartbeatAge(state: ObjectStore): Promise<number | undefined> {
  const head = await state.head(key);
  return head && head.date.getTime() - head.lastModified.getTime();
}
