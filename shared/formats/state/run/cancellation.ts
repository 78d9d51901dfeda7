import * as v from 'valibot';
import { isKind } from '../../../platform/errors';
import { parse } from '../../../platform/input/parse';
import type { ObjectStore } from '../../../platform/oss/port';
import { documentBytes, readJson } from '../json-object';
import { type RunId, runStore } from '../run-keys';

const schema = v.object({ kind: v.literal('Cancellation'), by: v.string() });

const key = 'cancel.json';

/** `…/cancel.json`, create-only: somebody wants the run to end. Fine when somebody else did already. */
export async function askToCancel(state: ObjectStore, run: RunId, by: string): Promise<void> {
  await runStore(state, run).create(key, documentBytes({ kind: 'Cancellation', by }));
}

/**
 * Who wants the run to end; undefined when nobody does. A cancellation counts by being there, also where it cannot be read.
 * `run` is bound to its folder.
 */
export async function cancelledBy(run: ObjectStore): Promise<string | undefined> {
  try {
    const stored = await readJson(run, key);
    return stored && parse(schema, stored.value, `${run.name}${key}`).by;
  } catch (error) {
    if (!isKind(error, 'invalid')) throw error;
    return 'somebody (what was written down cannot be read)';
  }
}
