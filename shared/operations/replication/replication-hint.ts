import * as v from 'valibot';
import { forgetHint, readHint, writeHint } from '../../formats/state/hints';
import { jsonBytes } from '../../formats/state/json-object';
import type { ObjectStore } from '../../platform/oss/port';
import type { VaultBackup } from './vault-backup';

const origin = v.variant('proof', [
  v.strictObject({
    proof: v.literal('committed'),
    cluster: v.string(),
    clusterUid: v.optional(v.string()),
    adoptedFrom: v.optional(v.string()),
  }),
  v.strictObject({ proof: v.literal('signed'), key: v.string(), clusterUid: v.string() }),
  v.strictObject({
    proof: v.literal('claimed'),
    claim: v.string(),
    ownName: v.optional(v.boolean()),
    clusterUid: v.optional(v.string()),
  }),
  v.strictObject({ proof: v.literal('none') }),
  v.strictObject({ proof: v.literal('broken'), reason: v.string() }),
]);

const backup = v.strictObject({
  name: v.string(),
  phase: v.string(),
  at: v.string(),
  items: v.number(),
  schedule: v.optional(v.string()),
  scope: v.string(),
  namespaces: v.optional(v.array(v.string())),
  origin,
});

const schema = v.strictObject({
  format: v.literal(2),
  backups: v.record(v.string(), v.strictObject({ etags: v.string(), backup })),
});

/** What an earlier pass learnt of a vault's backups, by name, with the ETags it was read from; may be lost without harm. */
export type ReplicationHint = Map<string, { etags: string; backup: VaultBackup }>;

const hintName = (vault: string) => `replication-${vault}`;

export async function readReplicationHint(state: ObjectStore, vault: string): Promise<ReplicationHint> {
  const stored = v.safeParse(schema, await readHint(state, hintName(vault)));
  return new Map(stored.success ? Object.entries(stored.output.backups) : []);
}

/** What the state knows of backups has changed, and no ETag tells. */
export async function forgetReplicationHint(state: ObjectStore, vault: string): Promise<void> {
  await forgetHint(state, hintName(vault));
}

/** Writes only what changed. */
export async function writeReplicationHint(
  state: ObjectStore,
  vault: string,
  before: ReplicationHint,
  now: ReplicationHint,
): Promise<void> {
  const value = (hint: ReplicationHint) => ({ format: 2, backups: Object.fromEntries(hint) });
  if (jsonBytes(value(before)).equals(jsonBytes(value(now)))) return;
  await writeHint(state, hintName(vault), value(now));
}
