import * as v from 'valibot';
import { instantSchema } from '../../formats/manifests/instant';
import { retentionSchema } from '../../formats/manifests/retention';
import { forgetHint, readHint, writeHint } from '../../formats/state/hints';
import { jsonBytes } from '../../formats/state/json-object';
import type { ObjectStore } from '../../platform/oss/port';
import type { BackupDirectory } from '../../formats/vault/backup-directories';
import type { JudgedBackup } from './judged-backup';

const time = v.pipe(v.string(), v.isoTimestamp());

const facts = v.strictObject({
  untouchable: v.optional(v.string()),
  phase: v.optional(v.string()),
  items: v.number(),
  madeAt: time,
  ttlEnds: v.optional(time),
  series: v.optional(v.strictObject({ schedule: v.string(), cluster: v.string(), clusterUid: v.string() })),
  promised: v.optional(v.strictObject({ retention: retentionSchema, timeZone: v.string() })),
  archiveReads: v.boolean(),
});

const schema = v.strictObject({
  backups: v.record(v.string(), v.strictObject({ etags: v.string(), facts })),
  later: v.record(v.string(), instantSchema),
});

/** What an earlier pass learnt about a vault; may be lost, and is then read again. */
export interface RetentionHint {
  /** Facts by name, each with the ETags of the objects that they were read from. */
  backups: v.InferOutput<typeof schema>['backups'];
  /** Deletions that WORM holds up, by backup: when they are tried again. RFC 3339, OSS's time. */
  later: Record<string, string>;
}

const hintName = (vault: string) => `retention-${vault}`;

export async function readRetentionHint(state: ObjectStore, vault: string): Promise<RetentionHint> {
  const stored = v.safeParse(schema, await readHint(state, hintName(vault)));
  return stored.success ? stored.output : { backups: {}, later: {} };
}

/** What the state knows of backups has changed, and no ETag tells. */
export async function forgetRetentionHint(state: ObjectStore, vault: string): Promise<void> {
  await forgetHint(state, hintName(vault));
}

/** Writes only what changed. */
export async function writeRetentionHint(
  state: ObjectStore,
  vault: string,
  before: RetentionHint,
  now: RetentionHint,
): Promise<void> {
  if (jsonBytes(before).equals(jsonBytes(now))) return;
  await writeHint(state, hintName(vault), { ...now });
}

/** Two listings with the same say that nothing changed which a verdict depends on. */
export function etagsOf({ manifest, archive, catalogue }: BackupDirectory): string {
  return [manifest, archive, catalogue].map((object) => object?.etag ?? '-').join(' ');
}

/** What is kept of a backup. */
export function remembered({ name: _, madeAt, ttlEnds, ...rest }: JudgedBackup): v.InferOutput<typeof facts> {
  return { ...rest, madeAt: madeAt.toISOString(), ...(ttlEnds && { ttlEnds: ttlEnds.toISOString() }) };
}

/** The backup that was kept. */
export function recalled(name: string, kept: v.InferOutput<typeof facts>): JudgedBackup {
  const { madeAt, ttlEnds, ...rest } = kept;
  return { name, ...rest, madeAt: new Date(madeAt), ...(ttlEnds && { ttlEnds: new Date(ttlEnds) }) };
}
