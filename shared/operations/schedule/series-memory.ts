import * as v from 'valibot';
import type { ObjectStore } from '../../platform/oss/port';
import { readHint, writeHint } from '../../formats/state/hints';
import { type WhyLeftOut, whysLeftOut } from '../../formats/state/left-out';

/** What ticks remember of one series, to ask OSS for nothing that did not change. Lost or stale it costs requests, nothing else. */
export interface SeriesMemory {
  /** The slot that was last seen to be asked for. RFC 3339, like all here. */
  asked?: string;
  /** The newest slot that was due at the last tick; what was left out before it is on record. */
  newest?: string;
  /** Why the newest slot is not asked for yet. */
  unasked?: { slot: string; why: WhyLeftOut; reason: string };
  /** Backups that were asked for and have no outcome yet, as far as is known. */
  waiting?: string[];
  /** Slot of the newest good backup. */
  good?: string;
  /** When the vault was last looked at for a good one. */
  checked?: string;
  /** When a slot was due that ticks had no room for yet, the oldest one. */
  putOff?: string;
  /** The slot that the last tick could not ask for, because a backup of the series was under way. */
  held?: string;
  /** Of a cluster that a selector found: not expected of it is what was due up to here. */
  since?: string;
}

const schema = v.record(
  v.string(),
  v.object({
    asked: v.optional(v.string()),
    newest: v.optional(v.string()),
    unasked: v.optional(v.object({ slot: v.string(), why: v.picklist(whysLeftOut), reason: v.string() })),
    waiting: v.optional(v.array(v.string())),
    good: v.optional(v.string()),
    checked: v.optional(v.string()),
    since: v.optional(v.string()),
    putOff: v.optional(v.string()),
    held: v.optional(v.string()),
  }),
);

const hintName = 'slots';

/** `hints/slots.json`, by schedule and cluster. */
export interface Memory {
  of(schedule: string, cluster: string): SeriesMemory;
  /** Clusters that are remembered for a schedule. */
  clusters(schedule: string): string[];
  /** Forgets what is of other schedules, or of other clusters of these. */
  keep(wanted: (schedule: string, cluster: string) => boolean): void;
  /** Writes it if something changed. */
  save(): Promise<void>;
}

export async function readMemory(state: ObjectStore): Promise<Memory> {
  const stored = v.safeParse(schema, await readHint(state, hintName));
  const entries = new Map<string, SeriesMemory>(stored.success ? Object.entries(stored.output) : []);
  const text = () => JSON.stringify([...entries].filter(([, memory]) => Object.keys(memory).length > 0));
  const before = text();
  return {
    of(schedule, cluster) {
      const key = `${schedule}/${cluster}`;
      const memory = entries.get(key) ?? {};
      entries.set(key, memory);
      return memory;
    },
    clusters: (schedule) =>
      [...entries.keys()]
        .filter((key) => key.startsWith(`${schedule}/`))
        .map((key) => key.slice(schedule.length + 1)),
    keep(wanted) {
      for (const key of [...entries.keys()]) {
        const [schedule = '', cluster = ''] = key.split('/');
        if (!wanted(schedule, cluster)) entries.delete(key);
      }
    },
    async save() {
      if (text() !== before) await writeHint(state, hintName, Object.fromEntries(entries));
    },
  };
}
