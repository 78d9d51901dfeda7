import * as v from 'valibot';
import { nameSchema } from '../../platform/input/names';
import { fault, parseJson } from '../../platform/input/parse';
import type { RunKind } from '../../formats/manifests/run';
import { type RunId, runKinds } from '../../formats/state/run-keys';

/** Names, never content: an asynchronous payload takes 128 KB. */
const schema = v.strictObject({ kind: v.picklist(runKinds), name: nameSchema });

export function workerEvent(run: RunId): Buffer {
  return Buffer.from(JSON.stringify({ kind: run.kind, name: run.name }));
}

/** The run that a worker was started for; throws `invalid` when it is of another kind than the worker carries out. */
export function readWorkerEvent(event: Buffer, ...kinds: RunKind[]): RunId {
  return parseJson(
    v.pipe(
      schema,
      v.check(
        (run) => kinds.includes(run.kind),
        fault('is for another worker', `this one carries out ${kinds.join(' and ')}`),
      ),
    ),
    event,
    'the worker event',
  );
}
