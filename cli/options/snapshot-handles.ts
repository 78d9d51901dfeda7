import { LifeboatError } from '../../shared/platform/errors';
import type { PlannedObject } from '../../shared/operations/restore/plan/planned-object';

/** `shop/data=snap-1`, as commander's argument parser for a repeatable flag: a handle may hold commas and equals signs. */
export function snapshotHandle(value: string, previous: Record<string, string> = {}): Record<string, string> {
  const at = value.indexOf('=');
  const [claim, handle] = [value.slice(0, at), value.slice(at + 1)];
  if (at < 1 || handle === '') {
    throw new LifeboatError('invalid', `"${value}" is not of the form namespace/claim=handle`, {
      hint: 'take the handle from `lifeboat restore plan`',
    });
  }
  if (Object.hasOwn(previous, claim) && previous[claim] !== handle) {
    throw new LifeboatError(
      'invalid',
      `claim "${claim}" is given two handles: ${previous[claim]} and ${handle}`,
      {
        hint: 'keep one of the two',
      },
    );
  }
  return { ...previous, [claim]: handle };
}

/** The handles that a plan showed, by the claim of the backup. Throws LifeboatError `invalid` where it showed none. */
export async function shownHandles(
  objects: AsyncIterable<PlannedObject> | Iterable<PlannedObject>,
  plan: string,
): Promise<Record<string, string>> {
  const handles: Record<string, string> = {};
  for await (const { snapshot } of objects) if (snapshot) handles[snapshot.claim] = snapshot.handle;
  if (Object.keys(handles).length > 0) return handles;
  throw new LifeboatError('invalid', `plan ${plan} shows no snapshots`, {
    hint: 'leave out --all-snapshot-handles',
  });
}
