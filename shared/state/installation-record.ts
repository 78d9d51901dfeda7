import * as v from 'valibot';
import type { Clock, Random } from '../clock';
import { instant, instantSchema } from '../manifests/instant';
import { parse } from '../manifests/parse';
import type { ObjectStore } from '../store/port';
import { jsonBytes, readJson } from './json-object';

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
  const record: InstallationRecord = {
    kind: 'Installation',
    id: random.bytes(16).toString('hex'),
    createdAt: instant(clock.now()),
  };
  const { created } = await store.create(key, jsonBytes(record));
  return created ? record : (await read(store))!;
}

async function read(store: ObjectStore): Promise<InstallationRecord | undefined> {
  const stored = await readJson(store, key);
  return stored && parse(schema, stored.value, `${store.name}${key}`);
}
