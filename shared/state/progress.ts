import * as v from 'valibot';
import type { Clock } from '../clock';
import { parse } from '../manifests/parse';
import type { RunProgress } from '../manifests/run';
import type { ObjectStore } from '../store/port';
import { jsonBytes, readJson } from './json-object';
import type { ReportProgress } from './progress-port';

const schema = v.object({
  phase: v.string(),
  done: v.number(),
  total: v.optional(v.number()),
  message: v.optional(v.string()),
  at: v.string(),
});

const key = 'progress.json';

/** Undefined when nothing was reported, or when what was reported cannot be read: it decides nothing. */
export async function findProgress(run: ObjectStore): Promise<RunProgress | undefined> {
  try {
    const stored = await readJson(run, key);
    return stored && parse(schema, stored.value, 'progress');
  } catch {
    return undefined;
  }
}

/**
 * Writes `progress.json` at most once in `every` ms, never two at once; what comes sooner is written when its time has
 * come, so that the last word is never lost. A failed write is forgotten.
 */
export function progressWriter(
  run: ObjectStore,
  clock: Clock,
  every = 2_000,
): { report: ReportProgress; flush(): Promise<void> } {
  let latest: Omit<RunProgress, 'at'> | undefined;
  let lastWrite = Number.NEGATIVE_INFINITY;
  let writing: Promise<void> | undefined;
  let waiting: AbortController | undefined;

  function write(): Promise<void> {
    if (!latest) return Promise.resolve();
    const body = jsonBytes({ ...latest, at: clock.now().toISOString() });
    latest = undefined;
    lastWrite = clock.monotonic();
    writing = run
      .put(key, body)
      .then(
        () => {},
        () => {},
      )
      .finally(() => {
        writing = undefined;
      });
    return writing;
  }

  async function writeLater(ms: number): Promise<void> {
    waiting = new AbortController();
    try {
      await clock.sleep(ms, waiting.signal);
      await writing;
      waiting = undefined;
      await write();
    } catch {
      // Flushed meanwhile.
    }
  }

  return {
    report(progress) {
      latest = progress;
      if (waiting) return;
      const early = lastWrite + every - clock.monotonic();
      if (!writing && early <= 0) void write();
      else void writeLater(Math.max(early, 0));
    },
    async flush() {
      waiting?.abort();
      waiting = undefined;
      await writing;
      await write();
    },
  };
}
