import { objectPath } from '../../../../platform/kubernetes/api-path';
import { groupResource } from '../../../../platform/kubernetes/api-resource';
import { placeName } from '../../../../formats/manifests/object-name';
import type { OwnedObject } from './owned-objects';
import type { Report } from '../../report/report';
import type { TargetCalls } from '../../target/target-calls';

/** What sets owners, and reports where it cannot. */
export interface AdoptWork {
  calls: TargetCalls;
  report: Report;
}

/** A controller may write at the same time. */
const mostTries = 3;

/** Makes an object the owner of dependents, where no controller has done so yet. What fails is a warning. */
export async function adoptDependents(
  work: AdoptWork,
  owner: string | undefined,
  dependents: readonly OwnedObject[],
): Promise<void> {
  if (owner === undefined) return;
  for (const one of dependents) {
    const problem = await setOwner(work, one, owner);
    if (problem === undefined) continue;
    const name = `${groupResource(one.resource)} ${placeName(one)}`;
    work.report.warn(`${name}: its owner was replaced and could not be set: ${problem}`, one.namespace ?? '');
  }
}

/** Takes their owner from dependents, so that they do not go with it. Returns why one of them keeps it. */
export async function releaseDependents(
  work: AdoptWork,
  dependents: readonly OwnedObject[],
): Promise<string | undefined> {
  for (const one of dependents) {
    const problem = await setOwner(work, one, undefined);
    if (problem !== undefined) return `${groupResource(one.resource)} ${placeName(one)}: ${problem}`;
  }
  return undefined;
}

/** Puts another owner, or none, in the place of the one that an object was found by. Returns why it cannot be. */
async function setOwner(
  work: AdoptWork,
  { resource, namespace, name, uid, reference }: OwnedObject,
  owner: string | undefined,
): Promise<string | undefined> {
  const path = objectPath(resource, namespace, name);
  for (let tries = 1; ; tries++) {
    const { object, status } = await work.calls.read(path);
    if (status) return status.message;
    if (!object || object.metadata.uid !== uid || object.metadata.deletionTimestamp) return undefined;
    const { ownerReferences = [], resourceVersion } = object.metadata;
    const others = ownerReferences.filter((one) => one.uid !== reference.uid);
    if (others.some((one) => one.uid === owner)) return undefined;
    const references = owner === undefined ? others : [...others, { ...reference, uid: owner }];
    const patch = JSON.stringify({ metadata: { resourceVersion, ownerReferences: references } });
    const answer = await work.calls.call('PATCH', path, patch);
    if (answer.accepted || answer.status.code === 404) return undefined;
    if (answer.status.code !== 409 || tries === mostTries) return answer.status.message;
  }
}
