import { isName } from '../../../platform/input/names';
import type { RunKind } from '../../manifests/run';
import type { ObjectStore } from '../../../platform/oss/port';
import { openKey, type RunId, runKinds } from '../run-keys';

/** A run that is not known to be finished. */
export interface OpenRun extends RunId {
  /** OSS's time since it was opened, milliseconds. */
  age: number;
}

/** `open/…`: the only list that a tick reads in full. Written before the request, deleted after the result. */
export async function markOpen(state: ObjectStore, run: RunId): Promise<void> {
  await state.put(openKey(run), Buffer.alloc(0));
}

/** Fine when it is closed already. */
export async function markClosed(state: ObjectStore, run: RunId): Promise<void> {
  await state.delete([openKey(run)]);
}

/** Every open run of a kind, or of all. */
export async function* openRuns(state: ObjectStore, kind?: RunKind): AsyncIterable<OpenRun> {
  for await (const page of state.list(kind ? `open/${kind}/` : 'open/')) {
    for (const { key, lastModified } of page.objects) {
      const [, found, name = ''] = key.split('/');
      const each = runKinds.find((one) => one === found);
      if (each && key === `open/${each}/${name}` && isName(name))
        yield { kind: each, name, age: page.date.getTime() - lastModified.getTime() };
    }
  }
}
