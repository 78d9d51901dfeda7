import * as v from 'valibot';
import { parse } from '../../manifests/parse';
import type { ObjectStore } from '../../store/port';
import { jsonBytes, readJson } from '../json-object';
import { type RunId, runStore } from './run-keys';

const schema = v.object({ kind: v.literal('Cancellation'), by: v.string() });

const key = 'cancel.json';

/** `…/cancel.json`, create-only: somebody wants the run to end. Fine when somebody else did already. */
export async function askToCancel(state: ObjectStore, run: RunId, by: string): Promise<void> {
  await runStore(state, run).create(key, jsonBytes({ kind: 'Cancellation', by }));
}

/** Who wants the run to end; undefined when nobody does. `run` is bound to its folder. */
export async function cancelledBy(run: ObjectStore): Promise<string | undefined> {
  const stored = await readJson(run, key);
  return stored && parse(schema, stored.value, `${run.name}${key}`).by;
}
