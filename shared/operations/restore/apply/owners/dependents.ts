import { isDeepStrictEqual } from 'node:util';
import { groupResource } from '../../../../platform/kubernetes/api-resource';
import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import { isMap } from '../../../../platform/input/is-map';
import { placeName } from '../../../../formats/manifests/object-name';
import { someOf } from '../../../../formats/manifests/selection/some-of';
import type { OwnedObject, OwnedObjects, OwnedWork } from './owned-objects';
import type { Place } from '../../target/place';
import type { DeleteOptions } from '../../target/target-calls';
import { writtenEndpoints, type EndpointsWork } from './written-endpoints';

/** What tells what an object owns. */
export interface DependentsWork extends EndpointsWork, OwnedWork {
  /** What the objects of the cluster own. */
  owned: OwnedObjects;
}

/** What must not go with an object that is deleted: it cannot be made again. */
const precious = new Set(['persistentvolumeclaims', 'persistentvolumes', 'secrets']);

/** What a controller makes of its object's template. */
const madeOfTemplate = new Set(['pods', 'replicasets.apps', 'controllerrevisions.apps']);

/** What becomes of the dependents of an object that is deleted to be made again. */
export type DependentsFate =
  | { refused: string }
  | {
      propagationPolicy: DeleteOptions['propagationPolicy'];
      /** They get the new object as their owner. */
      staying: OwnedObject[];
      /** They have to be released before the deletion, which takes the others with it. */
      released: boolean;
    };

/**
 * Decides what becomes of the dependents of an object that is to be deleted and made again. Where a claim, a volume or a
 * Secret is among them, at any depth, it is refused. Otherwise they stay, but for what a new object must not find: the pods
 * of a Job, which would run beside the new ones, and what the selector of a workload no longer selects.
 */
export async function dependentsFate(
  work: DependentsWork,
  place: Place,
  wanted: KubeObject,
  before: KubeObject,
): Promise<DependentsFate> {
  const held = (await writtenEndpoints(work, place, before)) ?? (await heldDependents(work, place, before));
  if (held !== undefined) {
    return { refused: `it is not replaced, because ${held}; use the policy update or merge for it` };
  }
  const owned = await work.owned.in(work, place.namespace);
  const direct = work.owned.direct(owned, before.metadata.uid ?? '');
  const staying = direct.filter((one) => !goes(place, wanted, before, one));
  if (staying.length < direct.length) {
    return { propagationPolicy: 'Foreground', staying, released: staying.length > 0 };
  }
  // What could not be listed may be among them.
  const ownsNothing = direct.length === 0 && owned.unread.size === 0;
  return { propagationPolicy: ownsNothing ? 'Background' : 'Orphan', staying, released: false };
}

/**
 * Says which claims, volumes and Secrets the garbage collector would delete with an object, or why that is not known;
 * undefined when there are none.
 */
export async function heldDependents(
  work: DependentsWork,
  place: Omit<Place, 'resource'>,
  before: KubeObject,
): Promise<string | undefined> {
  const owned = await work.owned.in(work, place.namespace);
  for (const [resource, reason] of owned.unread) {
    if (precious.has(resource)) return `${resource} that it may own cannot be listed: ${reason}`;
  }
  const names = new Set<string>();
  for (const one of work.owned.all(owned, before.metadata.uid ?? '')) {
    const resource = groupResource(one.resource);
    if (precious.has(resource)) names.add(`${resource} ${placeName(one)}`);
  }
  for (const name of claimsToDelete(place, before, owned.claims.get(place.namespace ?? '') ?? [])) {
    names.add(`persistentvolumeclaims ${placeName({ namespace: place.namespace, name })}`);
  }
  return names.size > 0 ? `what it owns would be deleted with it: ${someOf([...names])}` : undefined;
}

/** Claims that a StatefulSet's controller deletes with it, whether or not it has made itself their owner yet. */
function claimsToDelete(
  place: Omit<Place, 'resource'>,
  { spec }: KubeObject,
  claims: readonly string[],
): string[] {
  if (place.groupResource !== 'statefulsets.apps') return [];
  const retention = spec?.persistentVolumeClaimRetentionPolicy;
  if (!isMap(retention) || retention.whenDeleted !== 'Delete') return [];
  const templates: unknown[] = Array.isArray(spec?.volumeClaimTemplates) ? spec.volumeClaimTemplates : [];
  const prefixes = templates.map((one) => {
    const metadata = isMap(one) && isMap(one.metadata) ? one.metadata : {};
    return `${metadata.name}-${place.name}-`;
  });
  return claims.filter((name) =>
    prefixes.some((prefix) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length))),
  );
}

function goes(place: Place, wanted: KubeObject, before: KubeObject, one: OwnedObject): boolean {
  if (!one.reference.controller || !madeOfTemplate.has(groupResource(one.resource))) return false;
  return place.groupResource === 'jobs.batch' || !isDeepStrictEqual(selectorOf(wanted), selectorOf(before));
}

/** A workload without a selector selects by the labels of its template. */
function selectorOf({ spec }: KubeObject): unknown {
  if (spec?.selector) return spec.selector;
  const template = isMap(spec?.template) ? spec.template : {};
  return isMap(template.metadata) ? template.metadata.labels : undefined;
}
