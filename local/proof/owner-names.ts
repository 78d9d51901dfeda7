import type { Snapshot } from './snapshot';

/** `<kind> <name>` of every object by its uid: an owner reference is right when its uid is that of the owner it names. */
export function ownerNames(snapshot: Snapshot): Map<string, string> {
  return new Map(
    [...snapshot.values()].map(({ kind, metadata }) => [metadata.uid, `${kind} ${metadata.name}`]),
  );
}
