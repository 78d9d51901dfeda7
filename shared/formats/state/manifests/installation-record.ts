import * as v from 'valibot';
import type { Clock, Random } from '../../../platform/clock';
import { LifeboatError } from '../../../platform/errors';
import { shortInstallationSchema } from '../../../platform/input/names';
import { parse } from '../../../platform/input/parse';
import type { ObjectStore } from '../../../platform/oss/port';
import { hasCode } from '../../../platform/oss/store-error';
import { instant, instantSchema } from '../../manifests/instant';
import { documentBytes, readJson } from '../json-object';
import { heartbeatAge } from '../run/heartbeat';
import { storedManifests } from './stored-manifests';

const schema = v.strictObject({
  kind: v.literal('Installation'),
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  createdAt: instantSchema,
});

/** `installation.json`: who we are, written into each backup. */
export type InstallationRecord = v.InferOutput<typeof schema>;

const key = 'installation.json';

/**
 * Reads the record, or makes it on the first start. Two first starts at once end with the same record.
 * Throws `corrupt` when the record is gone from a state that holds anything else: a new id would disown its backups.
 */
export async function installationRecord(
  store: ObjectStore,
  { clock, random }: { clock: Clock; random: Random },
): Promise<InstallationRecord> {
  const found = await read(store);
  if (found) return found;
  const held = await heldWithoutRecord(store);
  if (held) {
    // Another first start may have made the record since, and begun its work.
    const late = await read(store);
    if (late) return late;
    throw await recordGone(store, held);
  }
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

/** Folders that only a started installation writes. A tick may list each of them, but not the whole state. */
const folders = ['schedules/', 'clusters/', 'vaults/', 'replications/', 'notifications/', 'runs/'];

/** Returns the key of something that an installation left here; undefined in an empty place. */
async function heldWithoutRecord(store: ObjectStore): Promise<string | undefined> {
  for (const folder of folders)
    for await (const page of store.list(folder, { pageSize: 1 }))
      for (const { key } of page.objects) return key;
  return (await heartbeatAge(store)) === undefined ? undefined : 'heartbeat.json';
}

async function recordGone(store: ObjectStore, held: string): Promise<LifeboatError> {
  const short = await shortIdInSchedules(store);
  const named =
    short === undefined ? '' : `; its schedules name an installation whose id begins with ${short}`;
  return new LifeboatError(
    'corrupt',
    `${store.name}${key} is gone, but the state is not empty: it holds ${held}${named}`,
    {
      hint: 'put it back with `kind`, `id` and `createdAt`: `lifeboat state exports --vault-bucket BUCKET` lists the ids whose exports lie in a vault. Or make a new installation of an export with `lifeboat state restore`, in an empty place',
    },
  );
}

/** Schedules that go to a shared vault carry the first digits of the id. What cannot be read is passed over. */
async function shortIdInSchedules(store: ObjectStore): Promise<string | undefined> {
  const stored = await storedManifests(store, 'schedules/').catch(() => []);
  for (const manifest of stored) {
    const value = await manifest.read().catch(() => undefined);
    const carrying = v.safeParse(carryingId, value);
    if (carrying.success) return carrying.output.spec.installationInNames.id;
  }
  return undefined;
}

const carryingId = v.object({
  spec: v.object({ installationInNames: v.object({ id: shortInstallationSchema }) }),
});

async function read(store: ObjectStore): Promise<InstallationRecord | undefined> {
  const stored = await readJson(store, key);
  return stored && parsed(store, stored.value);
}

function parsed(store: ObjectStore, value: unknown): InstallationRecord {
  return parse(schema, value, `${store.name}${key}`);
}
