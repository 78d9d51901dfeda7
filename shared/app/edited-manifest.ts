import { isDeepStrictEqual } from 'node:util';
import { LifeboatError } from '../platform/errors';
import type { Precondition } from '../formats/state/manifests/manifest-folder';

interface Manifest {
  kind: string;
  metadata: { name: string };
  spec: object;
}

/** How an edited manifest takes the place of another. */
export interface Replacing<T> {
  /** Checks the same and stores nothing. */
  dryRun?: boolean;
  /** Called before anything else is looked up, and with what is replaced when it is. Default: `unchangedSince` what was edited. */
  allow?: Precondition<T>;
}

/** Throws `invalid` when an edited manifest is of another name, or says otherwise what only Lifeboat sets. */
export function assertSameThing<T extends Manifest>(
  was: T,
  edited: T,
  setByLifeboat: readonly (keyof T['spec'] & string)[] = [],
): void {
  const what = `${was.kind.toLowerCase()} "${was.metadata.name}"`;
  if (edited.metadata.name !== was.metadata.name) {
    throw new LifeboatError('invalid', `${what}: metadata.name is "${edited.metadata.name}"`, {
      hint: 'a name cannot be changed: make a new one and delete this',
    });
  }
  const specs: [T['spec'], T['spec']] = [was.spec, edited.spec];
  const changed = setByLifeboat.find((field) => !isDeepStrictEqual(specs[0][field], specs[1][field]));
  if (changed === undefined) return;
  throw new LifeboatError('invalid', `${what}: spec.${changed} is set by Lifeboat`, {
    hint: 'leave it as it was',
  });
}

/** Refuses, with `conflict`, to replace anything but what was edited. */
export function unchangedSince<T extends Manifest>(was: T): Precondition<T> {
  return (now) => {
    if (isDeepStrictEqual(now, was)) return;
    throw new LifeboatError(
      'conflict',
      `${was.kind.toLowerCase()} "${was.metadata.name}" was changed by somebody else meanwhile`,
      { hint: 'edit it again, as it is now' },
    );
  };
}
