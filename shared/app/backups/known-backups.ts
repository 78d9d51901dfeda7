import * as v from 'valibot';
import { readHint, writeHint } from '../../formats/state/hints';
import { notedByThisRelease, readByThisRelease } from '../../formats/state/read-by-release';
import type { ObjectStore } from '../../platform/oss/port';
import {
  type BackupPage,
  type ListedBackup,
  type ListBackupsOptions,
  listBackups,
} from '../../formats/vault/backups';

const listed = v.strictObject({
  name: v.string(),
  phase: v.optional(v.string()),
  startTimestamp: v.optional(v.string()),
  completionTimestamp: v.optional(v.string()),
  expiration: v.optional(v.string()),
  items: v.optional(v.number()),
  errors: v.number(),
  warnings: v.number(),
  labels: v.record(v.string(), v.string()),
  writer: v.picklist(['lifeboat', 'velero']),
  bytes: v.number(),
  etag: v.string(),
});

const schema = v.record(v.string(), listed);

const hintName = (vault: string) => `lists/backups-${vault}`;

/** Where the backups of a vault are listed. */
export interface ListedVault {
  /** Registered name. */
  name: string;
  store: ObjectStore;
}

/**
 * As `listBackups`, and reads no manifest that some list has read before: `hints/lists/backups-<vault>.json` holds what each
 * said, with its ETag. The listing of the vault decides what is there and whether it is the same, so a lost, stale or damaged
 * hint costs requests, nothing else. Costs a request for the hint, and one to write it when something was new.
 * @param state of the whole installation
 */
export async function* listKnownBackups(
  state: ObjectStore,
  vault: ListedVault,
  options: Pick<ListBackupsOptions, 'after'> = {},
): AsyncGenerator<BackupPage, void> {
  const stored = v.safeParse(schema, readByThisRelease(await readHint(state, hintName(vault.name))));
  const entries = new Map<string, ListedBackup>(stored.success ? Object.entries(stored.output) : []);
  const seen = new Set<string>();
  let fresh = 0;
  const known = (name: string, etag: string): ListedBackup | undefined => {
    const entry = entries.get(name);
    return entry?.etag === etag && entry.name === name ? entry : undefined;
  };
  let whole = false;
  try {
    for await (const page of listBackups(vault.store, { ...options, known })) {
      for (const backup of page.backups) {
        seen.add(backup.name);
        if (known(backup.name, backup.etag)) continue;
        entries.set(backup.name, backup);
        fresh += 1;
      }
      yield page;
    }
    whole = options.after === undefined;
  } finally {
    // Who ends after a page has read something too.
    if (fresh > 0) {
      if (whole) for (const name of entries.keys()) if (!seen.has(name)) entries.delete(name);
      await writeHint(state, hintName(vault.name), notedByThisRelease(Object.fromEntries(entries)));
    }
  }
}
