import * as v from 'valibot';
import { isKind, LifeboatError } from '../../platform/errors';
import type { Backup } from '../manifests/velero';
import type { ObjectStore } from '../../platform/oss/port';
import { backupKeys } from './layout';

/** A Backup with a few labels has 4 KB, one with many hooks 100; etcd takes 1.5 MB. Sixteen are read at once. */
const maxManifestBytes = 2 << 20;

// Go writes an absent time or list as null now and then; unknown fields are kept as they are.
const text = v.nullish(v.string());
const texts = v.nullish(v.array(v.string()));
const count = v.nullish(v.pipe(v.number(), v.safeInteger(), v.minValue(0)));
const flag = v.nullish(v.boolean());
const time = v.nullish(
  v.pipe(
    v.string(),
    v.check((value) => !Number.isNaN(Date.parse(value)), 'must be a time'),
  ),
);
const labels = v.nullish(v.record(v.string(), v.string()));

const manifest = v.looseObject({
  apiVersion: v.literal('velero.io/v1'),
  kind: v.literal('Backup'),
  metadata: v.looseObject({
    name: v.string(),
    namespace: text,
    uid: text,
    creationTimestamp: time,
    labels,
    annotations: labels,
  }),
  spec: v.nullish(
    v.looseObject({
      includedNamespaces: texts,
      excludedNamespaces: texts,
      includedResources: texts,
      excludedResources: texts,
      includeClusterResources: flag,
      snapshotVolumes: flag,
      ttl: text,
      storageLocation: text,
    }),
  ),
  status: v.nullish(
    v.looseObject({
      version: count,
      formatVersion: text,
      expiration: time,
      phase: text,
      validationErrors: texts,
      startTimestamp: time,
      completionTimestamp: time,
      failureReason: text,
      warnings: count,
      errors: count,
      progress: v.nullish(v.looseObject({ totalItems: count, itemsBackedUp: count })),
    }),
  ),
});

/**
 * A `velero-backup.json` of any Velero, or of ours: strict about what decides something, tolerant of all else. Nulls are
 * left out, `spec` and `status` are always there.
 * @param name of the directory it lies in, which its own name must equal
 * @throws LifeboatError `corrupt` naming the manifest and the first field that is wrong
 */
export function parseBackup(name: string, bytes: Buffer): Backup {
  const { manifest: key } = backupKeys(name);
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw unreadable(key, 'is not valid JSON');
  }
  const parsed = v.safeParse(manifest, json, { abortEarly: true });
  if (!parsed.success) {
    const field = v.getDotPath(parsed.issues[0]);
    throw unreadable(key, field ? `has a wrong ${field}` : 'is not a Backup');
  }
  const { metadata, spec, status } = parsed.output;
  if (metadata.name !== name) throw unreadable(key, 'names another backup');
  return { ...parsed.output, metadata, spec: spec ?? {}, status: withoutNulls(status ?? {}) } as Backup;
}

function withoutNulls(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}

function unreadable(key: string, problem: string): LifeboatError {
  return new LifeboatError('corrupt', `${key} ${problem}`, {
    hint: 'other backups are not affected; delete this one, or repair the file from a replica of the bucket',
  });
}

/** The Backup of a backup. @throws LifeboatError `not-found` naming it and the vault; `corrupt` as parseBackup */
export async function readBackup(vault: ObjectStore, name: string): Promise<Backup> {
  return parseBackup(name, await readManifestBytes(vault, name));
}

/** The bytes of `velero-backup.json`. @throws LifeboatError `not-found` naming the backup and the vault */
export async function readManifestBytes(vault: ObjectStore, name: string): Promise<Buffer> {
  try {
    const { body } = await vault.get(backupKeys(name).manifest, { maxBytes: maxManifestBytes });
    return body;
  } catch (error) {
    if (!isKind(error, 'not-found')) throw error;
    throw new LifeboatError('not-found', `there is no backup ${name} in ${vault.name}`, {
      hint: 'list the backups of the vault to see which there are',
      cause: error,
    });
  }
}
