import type { LeftOutNeeds } from './cluster-needs';
import { PresentNames } from '../target/present-names';
import type { RestoreWork } from '../apply/restore-work';

/**
 * The cluster-scoped objects that a restore leaves out, that its objects need, and that the cluster does not have. Asks for one
 * list of names for each of their resources, and for nothing where nothing needed is left out. A resource that cannot be listed
 * counts as there.
 */
export async function absentNeeds({ facts, calls, target, job }: RestoreWork): Promise<LeftOutNeeds[]> {
  const present = new PresentNames(calls, target);
  const mappedClasses = job.request.transforms?.storageClasses ?? {};
  const found: LeftOutNeeds[] = [];
  for (const needs of facts.clusterNeeds.leftOut(facts.neededNamespaces)) {
    const { groupResource } = needs;
    const isMapped = (name: string) =>
      groupResource === 'storageclasses.storage.k8s.io' && Object.hasOwn(mappedClasses, name);
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
