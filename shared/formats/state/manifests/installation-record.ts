import * as v from 'valibot';
import type { Clock, Random } from '../../../platform/clock';
import { LifeboatError } from '../../../platform/errors';
import { instant, instantSchema } from '../../manifests/instant';
import { parse } from '../../../platform/input/parse';
import type { ObjectStore } from '../../../platform/oss/port';
import { hasCode } from '../../../platform/oss/store-error';
import { documentBytes, readJson } from '../json-object';

const schema = v.strictObject({
  kind: v.literal('Installation'),
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  createdAt: instantSchema,
});

/** `installation.json`: who we are, written into each backup. */
export type InstallationRecord = v.InferOutput<typeof schema>;

const key = 'installation.json';

/** Reads the record, or makes it on the first start. Two first starts at once end with the same record. */
export async function installationRecord(
  store: ObjectStore,
  { clock, random }: { clock: Clock; random: Random },
): Promise<InstallationRecord> {
  const found = await read(store);
  if (found) return found;
  const made = await makeInstallationRecord(store, newInstallationId(random), clock);
  return made ?? (await read(store))!;
}

/** Returns the milliseconds by OSS's time since the record was made; undefined where there is no record. */
export async function installationAge(store: ObjectStore): Promise<number | undefined> {
  const stored = await readJson(store, key);
  return stored && stored.date.getTime() - Date.parse(parsed(store, stored.value).createdAt);
}

/** Nobody has had it before. */
export function newInstallationId(random: Random): string {
  return random.bytes(16).toString('hex');
}

/** Writes the record; undefined when somebody else was first. Throws `conflict` for a bucket that is locked or versioned. */
export async function makeInstallationRecord(
  store: ObjectStore,
  id: string,
  clock: Clock,
): Promise<InstallationRecord | undefined> {
  const record: InstallationRecord = { kind: 'Installation', id, createdAt: instant(clock.now()) };
  await refuseUnfit(store);
  const { created } = await store.create(key, documentBytes(record));
  return created ? record : undefined;
}

/**
 * Before anything is stored: where versions are kept the create-only put throws `conflict`, and under WORM what was written
 * does not go, so that the first tick would still work and no later one.
 */
async function refuseUnfit(store: ObjectStore): Promise<void> {
  const probe = 'open/first-start';
  await store.create(probe, Buffer.alloc(0));
  try {
    await store.delete([probe]);
  } catch (error) {
    if (!hasCode(error, 'FileImmutable')) throw error;
    throw new LifeboatError('conflict', `Bucket ${store.bucket} is locked by a retention policy (WORM)`, {
      hint: 'keep the state in a bucket without one: it is written again and deleted all the time',
      cause: error,
    });
  }
}

async function read(store: ObjectStore): Promise<InstallationRecord | undefined> {
  const stored = await readJson(store, key);
  return stored && parsed(store, stored.value);
}

function parsed(store: ObjectStore, value: unknown): InstallationRecord {
  return parse(schema, value, `${store.name}${key}`);
}
