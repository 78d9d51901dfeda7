import type { Clock } from '../../../platform/clock';
import { isKind } from '../../../platform/errors';
import type { Log, LogFields } from '../../../platform/log/log';
import type { ObjectStore } from '../../../platform/oss/port';
import { logrusLine, type LogLevel } from '../../../platform/log/logrus-line';
import { LatestWriter } from './latest-writer';

const key = 'log.txt';
const keptLines = 1_000;
const maxBytes = 4 * 1024 * 1024;

/** The log of a run while it goes on: its last thousand lines. */
export interface LiveLog extends Log {
  flush(): Promise<void>;
  /** Writes nothing more: the whole log lies in the vault. */
  drop(): Promise<void>;
}

/** Writes `log.txt` beside `progress.json`, at most every five seconds: overwritten, decides nothing. `run` is bound to the run's folder. */
export function liveLog(run: ObjectStore, clock: Clock, fields: LogFields, every = 5_000): LiveLog {
  /** Put into words only when they are written: a run may log a line for every object. */
  const lines: { at: Date; level: LogLevel; message: string; more?: LogFields }[] = [];
  let dropped = 0;
  const writer = new LatestWriter(() => run.put(key, Buffer.from(text())), clock, every);

  function text(): string {
    const first =
      dropped > 0 ? `… ${dropped} earlier lines are in the log that the run leaves in its vault\n` : '';
    return lines.reduce(
      (sum, { at, level, message, more }) => sum + logrusLine(at, level, message, { ...fields, ...more }),
      first,
    );
  }

  function add(level: LogLevel, message: string, more?: LogFields): void {
    lines.push({ at: clock.now(), level, message, more });
    if (lines.length > keptLines) {
      lines.shift();
      dropped += 1;
    }
    writer.touch();
  }

  return {
    debug() {},
    info: (message, more) => add('info', message, more),
    warn: (message, more) => add('warning', message, more),
    error: (message, more) => add('error', message, more),
    flush: () => writer.flush(),
    drop: () => writer.drop(),
  };
}

/** The log as it was last written; undefined when there is none. */
export async function findLiveLog(run: ObjectStore): Promise<Buffer | undefined> {
  try {
    return (await run.get(key, { maxBytes })).body;
  } catch (error) {
    if (isKind(error, 'not-found')) return undefined;
    throw error;
  }
}
