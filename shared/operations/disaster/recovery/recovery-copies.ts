import * as v from 'valibot';
import type { Random } from '../../../platform/clock';
import { isKind } from '../../../platform/errors';
import { documentBytes, readJson } from '../../../formats/state/json-object';
import type { ObjectStore } from '../../../platform/oss/port';
import {
  type BoxPlace,
  type RecoveryBox,
  recoveryBoxSchema,
  recoveryKeyId,
  sealForRecovery,
} from './recovery-box';
import { publicBytes, readPublicKey } from './recovery-key';
import { sealedDigest } from './sealed-fields';

/** Folder of the state. */
const recovery = 'recovery/';

/**
 * Keeps a secret a second time, sealed to the recovery key: `recovery/<digest of the sealed one>-<key id>.json`,
 * create-only. Whoever seals a secret into a manifest calls it, because nobody else has it in clear: the daily export of the
 * state then takes the copy and needs no key. False when it was there before.
 * @param sealed as it stands in the manifest
 */
export async function keepForRecovery(
  state: ObjectStore,
  { place, sealed, text }: { place: BoxPlace; sealed: unknown; text: string },
  publicKey: string,
  random: Random,
): Promise<boolean> {
  const key = recoveryCopyKey(sealed, publicKey);
  if (await state.head(key)) return false;
  await state.create(key, documentBytes(sealForRecovery(text, place, publicKey, random)));
  return true;
}

/** The copy of a sealed secret for the newest recovery key that it was kept for; undefined when there is none. */
export async function findRecoveryCopy(
  state: ObjectStore,
  copies: ReadonlyMap<string, string>,
  sealed: unknown,
): Promise<RecoveryBox | undefined> {
  const key = copies.get(sealedDigest(sealed));
  if (key === undefined) return undefined;
  try {
    const stored = await readJson(state, key);
    const parsed = v.safeParse(recoveryBoxSchema, stored?.value);
    return parsed.success ? parsed.output : undefined;
  } catch (error) {
    if (isKind(error, 'invalid')) return undefined;
    throw error;
  }
}

/** Every copy by the digest of what it is a copy of: one listing. Of several keys the one written last. */
export async function recoveryCopies(state: ObjectStore): Promise<Map<string, string>> {
  const newest = new Map<string, { key: string; at: number }>();
  for await (const page of state.list(recovery)) {
    for (const { key, lastModified } of page.objects) {
      const digest = /^recovery\/([0-9a-f]{64})-[0-9a-f]{8}\.json$/.exec(key)?.[1];
      if (digest === undefined) continue;
      const other = newest.get(digest);
      if (!other || other.at < lastModified.getTime())
        newest.set(digest, { key, at: lastModified.getTime() });
    }
  }
  return new Map([...newest].map(([digest, { key }]) => [digest, key]));
}

/** Removes the copies of secrets that no manifest has any more. @param current the sealed secrets that there are */
export async function removeStaleCopies(state: ObjectStore, current: readonly unknown[]): Promise<void> {
  const digests = new Set(current.map(sealedDigest));
  const stale: string[] = [];
  for await (const page of state.list(recovery))
    for (const { key } of page.objects)
      if (!digests.has(key.slice(recovery.length).split('-')[0]!)) stale.push(key);
  if (stale.length > 0) await state.delete(stale);
}

function recoveryCopyKey(sealed: unknown, publicKey: string): string {
  return `${recovery}${sealedDigest(sealed)}-${recoveryKeyId(publicBytes(readPublicKey(publicKey)))}.json`;
}
