import { resourceOfName, restoreOrder } from '../decide/order';
import { ownersFirst } from '../decide/owners-first';
import type { Applying } from './applying';
import { deleteGone } from './delete-gone';
import { restoreLevel } from './restore-level';
import { restoreNamespaces } from './restore-namespaces';
import { failRefused, retryRefused, settleRefused } from './retry-refused';
import { settleControlled } from './settle-controlled';
import { waitForDefinitions } from './wait-for-definitions';

/** Creates at a time within a group. */
const workers = 24;

/**
 * The second reading: group after group, each in parallel, each under a lease that outlasts it, owners
 * before what they own. What was refused is tried again after each later group and at the end. Then comes what is left to
 * controllers, if they are there.
 */
export async function apply(work: Applying): Promise<void> {
  const present = new Set(work.facts.present.keys());
  // Namespaces are made even where the archive has none of their objects.
  if (work.facts.neededNamespaces.size > 0) present.add('namespaces');
  for (const group of restoreOrder(present)) {
    if (!group.some((resource) => resource === 'namespaces' || isRead(work, resource))) continue;
    await work.lease.ensure();
    work.report.phase(
      'InProgress',
      `restoring ${group.length > 6 ? `${group.length} resources` : group.join(', ')}`,
    );
    if (group.includes('namespaces')) await restoreNamespaces(work, workers);
    else {
      for (const level of ownersFirst(group, work.facts.ownerKinds)) {
        await restoreLevel(work, level, workers);
      }
    }
    if (group.includes('customresourcedefinitions.apiextensions.k8s.io')) await waitForDefinitions(work);
    await retryRefused(work, workers);
  }
  await settleRefused(work, workers);
  failRefused(work);
  const controlled = [...work.facts.controllers.resources].filter((resource) => isRead(work, resource));
  await settleControlled(work, controlled, workers);
  await work.lease.ensure();
  await work.secondPass.run(work, workers);
  await deleteGone(work, workers);
}

/** Volumes and claims may be asked for by others, whatever the filters say of them. */
function isRead({ facts }: Applying, resource: string): boolean {
  return (
    facts.selected.has(resourceOfName(resource)) ||
    resource === 'persistentvolumes' ||
    resource === 'persistentvolumeclaims'
  );
}
