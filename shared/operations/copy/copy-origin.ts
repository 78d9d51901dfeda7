import * as v from 'valibot';
import type { ObjectStore } from '../../platform/oss/port';
import { isKind } from '../../platform/errors';
import { jsonValue } from '../../platform/input/parse';
import { backupKeys } from '../../formats/vault/layout';

const schema = v.object({
  kind: v.literal('CopyOrigin'),
  format: v.literal(1),
  backup: v.string(),
  /** Id of the installation that copied it. */
  installation: v.string(),
  /** Where it was copied from. */
  from: v.object({ vault: v.string(), region: v.string(), bucket: v.string(), prefix: v.string() }),
  /** SHA-256 of `velero-backup.json`. */
  manifest: v.string(),
});

/**
 * `<name>-lifeboat-origin.json`, beside a copied backup: where it came from. Velero tolerates it and never reads it. The same
 * bytes from every attempt, so that it is written once. Proves nothing: what a copy is, its own objects prove.
 */
export type CopyOrigin = v.InferOutput<typeof schema>;

export function originBytes(origin: CopyOrigin): Buffer {
  return Buffer.from(`${JSON.stringify(origin, null, 2)}\n`);
}

/** Undefined for a backup that was made where it lies, or whose origin cannot be read. */
export async function readOrigin(vault: ObjectStore, backup: string): Promise<CopyOrigin | undefined> {
  try {
    const { origin: key } = backupKeys(backup);
    const { body } = await vault.get(key, { maxBytes: 64 * 1024 });
    const parsed = v.safeParse(schema, jsonValue(body, key));
    return parsed.success ? parsed.output : undefined;
  } catch (error) {
    if (isKind(error, 'not-found') || isKind(error, 'corrupt') || isKind(error, 'invalid')) return undefined;
    throw error;
  }
}
