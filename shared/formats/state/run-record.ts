import type { ObjectStore } from '../../platform/oss/port';
import { type RunId, runStore } from './run-keys';

/** What a listing of a run's folder tells. Ages are OSS's time, in milliseconds. */
export interface RunRecord {
  requested: boolean;
  /** Age of the request. */
  requestAge: number;
  committed: boolean;
  finished: boolean;
  /** Somebody wants it to end. */
  cancelled: boolean;
  /** Highest start; 0 when it was never started. */
  starts: number;
  /** Age of the highest start. */
  startAge: number;
  /** Highest lease; 0 when nobody ever held it. */
  leases: number;
  /** Age of the highest lease. */
  leaseAge: number;
  /** Something of it may be left in its cluster, or be owed there, until it ends: hooks, snapshots. */
  touches: boolean;
  /** Its snapshots are to be deleted, or are: the backup is gone. */
  cleanup?: 'asked' | 'done';
  /** The newest pause; absent where it never paused. */
  pause?: Pause;
  /** How often it paused. */
  pauses: number;
}

/**
 * What the name of `pause-<lease>-<start>-<seconds>.json` says: the holder of the lease gave it back, since all that is left is
 * to wait for something outside, and the next start is due after so many seconds. It spends none of the starts that a run has.
 */
interface Pause {
  /** The lease that was given back. */
  lease: number;
  /** The start that the run had come to. */
  start: number;
  seconds: number;
  /** By OSS's time, milliseconds. */
  age: number;
}

const paused = /^pause-([1-9]\d{0,8})-(\d{1,9})-(\d{1,6})\.json$/;
const numbered = /^(start|lease)-([1-9]\d{0,8})\.json$/;

/** Reads a run's folder by one listing. */
export async function runRecord(state: ObjectStore, run: RunId): Promise<RunRecord> {
  return recordIn(runStore(state, run));
}

/** As `runRecord`, for a store bound to the run's folder. */
export async function recordIn(run: ObjectStore): Promise<RunRecord> {
  const record = emptyRecord();
  for await (const page of run.list('', { delimiter: '/' })) {
    for (const { key, lastModified } of page.objects)
      noteIn(record, key, page.date.getTime() - lastModified.getTime());
  }
  return record;
}

/** Of a folder in which nothing was seen yet. */
export function emptyRecord(): RunRecord {
  return {
    requested: false,
    requestAge: 0,
    committed: false,
    finished: false,
    cancelled: false,
    starts: 0,
    startAge: Number.POSITIVE_INFINITY,
    leases: 0,
    leaseAge: Number.POSITIVE_INFINITY,
    touches: false,
    pauses: 0,
  };
}

/** The starts that count against a run: those since it last paused. */
export function startsInVain({ starts, pause }: Pick<RunRecord, 'starts' | 'pause'>): number {
  return pause ? Math.max(starts - pause.start, 0) : starts;
}

/** Takes note of one object of the folder. @param key relative to it @param age OSS's time, milliseconds */
export function noteIn(record: RunRecord, key: string, age: number): void {
  const [, kind, digits] = numbered.exec(key) ?? [];
  const n = Number(digits);
  if (key === 'request.json') Object.assign(record, { requested: true, requestAge: age });
  else if (key === 'commit.json') record.committed = true;
  else if (key === 'result.json') record.finished = true;
  else if (key === 'cancel.json') record.cancelled = true;
  else if (key === 'touches.json') record.touches = true;
  else if (key === 'cleaned.json') record.cleanup = 'done';
  else if (key === 'cleanup.json') record.cleanup ??= 'asked';
  else if (kind === 'start' && n > record.starts) Object.assign(record, { starts: n, startAge: age });
  else if (kind === 'lease' && n > record.leases) Object.assign(record, { leases: n, leaseAge: age });
  else notePause(record, key, age);
}

function notePause(record: RunRecord, key: string, age: number): void {
  const found = paused.exec(key);
  if (!found) return;
  const [lease = 0, start = 0, seconds = 0] = found.slice(1).map(Number);
  record.pauses += 1;
  if (lease > (record.pause?.lease ?? 0)) record.pause = { lease, start, seconds, age };
}
