import * as v from 'valibot';
import { readHint, writeHint } from '../../formats/state/hints';
import type { KnownManifests } from '../../formats/state/manifests/manifest-reader';
import type { ObjectStore } from '../../platform/oss/port';

const schema = v.record(v.string(), v.object({ etag: v.string(), value: v.unknown() }));
const hintName = 'schedules';

/** `hints/schedules.json`: the schedules as the last tick read them, so that a tick reads only what people changed since. */
export async function readKnownSchedules(
  state: ObjectStore,
): Promise<{ known: KnownManifests; save(): Promise<void> }> {
  const stored = v.safeParse(schema, await readHint(state, hintName));
  const known: KnownManifests = new Map(stored.success ? Object.entries(stored.output) : []);
  const etags = () => JSON.stringify([...known].map(([name, { etag }]) => `${name} ${etag}`).sort());
  const before = etags();
  return {
    known,
    async save() {
      if (etags() !== before) await writeHint(state, hintName, Object.fromEntries(known));
    },
  };
}
