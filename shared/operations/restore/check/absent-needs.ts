import type { LeftOutNeeds } from './cluster-needs';
import { PresentNames } from '../target/present-names';
import type { ArchiveFacts } from './archive-facts';
import type { Target } from '../target/target';
import type { TargetCalls } from '../target/target-calls';

/** What the needs are looked for with. */
export interface NeedsWork {
  calls: TargetCalls;
  target: Target;
  facts: Pick<ArchiveFacts, 'clusterNeeds' | 'neededNamespaces'>;
  /** Classes of the backup that are mapped. */
  storageClasses: Readonly<Record<string, unknown>>;
}

/**
 * The cluster-scoped objects that a restore leaves out, that its objects need, and that the cluster does not have. Asks for one
 * list of names for each of their resources, and for nothing where nothing needed is left out. A resource that cannot be listed
 * counts as there.
 */
export async function absentNeeds({
  facts,
  calls,
  target,
  storageClasses,
}: NeedsWork): Promise<LeftOutNeeds[]> {
  const present = new PresentNames(calls, target);
  const found: LeftOutNeeds[] = [];
  for (const needs of facts.clusterNeeds.leftOut(facts.neededNamespaces)) {
    const { groupResource } = needs;
    const isMapped = (name: string) =>
      groupResource === 'storageclasses.storage.k8s.io' && Object.hasOwn(storageClasses, name);
    const names: string[] = [];
    for (const name of needs.names) {
      if (
        !isMapped(name) &&
        !(target.serves(groupResource) && (await present.mayHold({ groupResource, name })))
      )
        names.push(name);
    }
    if (names.length > 0) found.push({ ...needs, names });
  }
  return found;
}
