import { isName } from '../manifests/names';
import type { RunKind } from '../manifests/run';
import type { ObjectStore } from '../store/port';
import { openKey, type RunId } from './run-keys';

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

/** Every open run of a kind, or of both. */
export async function* openRuns(state: ObjectStore, kind?: RunKind): AsyncIterable<OpenRun> {
  const kinds: RunKind[] = kind ? [kind] : ['backups', 'restores'];
  for (const each of kinds) {
    const folder = `open/${each}/`;
    for await (const page of state.list(folder)) {
      for (const { key, lastModified } of page.objects) {
        const name = key.slice(folder.length);
        if (isName(name)) yield { kind: each, name, age: page.date.getTime() - lastModified.getTime() };
      }
    }
  }
}
