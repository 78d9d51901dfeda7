import type { KubeObject, OwnerReference } from '../../../../platform/kubernetes/kube-object';
import type { FieldOwner } from '../../transform/field-owners';
import type { ClaimVolume } from './claim-volume';
import type { Place } from '../../target/place';
import { sendPatch, type Sends } from '../existing/send-patch';
import type { OwnerMap } from '../owners/owner-map';
import type { OwnerSecondPass } from '../owners/owner-second-pass';
import type { Report } from '../../report/report';

/** What the steps after a create work on. */
export interface AfterCreateWork extends Sends {
  report: Report;
  owners: OwnerMap;
  secondPass: OwnerSecondPass;
  /** CRDs that are there now, and must be served before their resources are restored. */
  definitions: Set<string>;
  /** A claim that comes back without its data is a warning. */
  allowEmptyVolumes: boolean;
}

/** What of the archived object is not sent with the create but needed after it. */
export interface Aftermath {
  oldUid?: string;
  references: OwnerReference[];
  /** Set where it is wanted and the API server keeps it apart. */
  status?: Record<string, unknown>;
  claim?: ClaimVolume;
  /** managedFields to be set; absent where the create has given every field its owner. */
  owners?: FieldOwner[];
}

/**
 * What follows a create: the owner's new uid, the references that wait for theirs, the status, the owners of the
 * fields, the lost data of a claim.
 * Gives what there is to say of it.
 */
export async function afterCreate(
  work: AfterCreateWork,
  place: Place,
  live: KubeObject | undefined,
  aftermath: Aftermath,
): Promise<string | undefined> {
  const { namespace, name, resource } = place;
  if (live?.metadata.uid && work.owners.wants(aftermath.oldUid)) {
    work.owners.learn(aftermath.oldUid, live.metadata.uid);
  }
  if (place.groupResource === 'customresourcedefinitions.apiextensions.k8s.io') work.definitions.add(name);
  if (aftermath.references.length > 0) {
    work.secondPass.defer({ resource, namespace, name, references: aftermath.references });
  }
  const notes: (string | undefined)[] = [];
  if (aftermath.status !== undefined) notes.push(await writeStatus(work, place, aftermath.status));
  // Last: a status that the restore writes would belong to it.
  if (aftermath.owners) notes.push(await setFieldOwners(work, place, aftermath.owners));
  if (aftermath.claim?.lost) notes.push(lostData(work, place, aftermath.claim.lost));
  return notes.filter(Boolean).join('; ') || undefined;
}

async function writeStatus(
  work: AfterCreateWork,
  place: Place,
  status: unknown,
): Promise<string | undefined> {
  const refused = await sendPatch(work, place, { status }, 'status');
  if (!refused) return 'with its status';
  const reason = `its status could not be written: ${refused.message}`;
  work.report.warn(`${place.groupResource} ${place.name}: ${reason}`, place.namespace ?? '');
  return reason;
}

/** Sets managedFields, which changes nothing else. Gives what there is to say of it where it is refused. */
export async function setFieldOwners(
  work: AfterCreateWork,
  place: Place,
  owners: readonly FieldOwner[],
): Promise<string | undefined> {
  const refused = await sendPatch(work, place, { metadata: { managedFields: owners } });
  if (!refused) return undefined;
  const reason = `the owners of its fields could not be set: ${refused.message}`;
  work.report.warn(`${place.groupResource} ${place.name}: ${reason}`, place.namespace ?? '');
  return reason;
}

function lostData(work: AfterCreateWork, place: Place, reason: string): string {
  const note = `it came back without its data: ${reason}`;
  const message = `persistentvolumeclaims ${place.namespace}/${place.name}: ${note}`;
  if (work.allowEmptyVolumes) work.report.warn(message, place.namespace);
  else work.report.error(message, place.namespace);
  return note;
}
