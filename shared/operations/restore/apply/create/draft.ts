import { placeName } from '../../../../formats/manifests/object-name';
import type { ArchivedItem } from '../../../../formats/vault/archive-types';
import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import type { Selection } from '../../decide/selection';
import type { Subject } from '../../report/outcome';
import type { Report } from '../../report/report';
import type { Place } from '../../target/place';
import type { Target } from '../../target/target';
import type { ServedObject } from '../../transform/convert-version';
import { type FieldOwnership, fieldOwnership } from '../../transform/field-owners';
import type { ResetContext } from '../../transform/kind-resets';
import { asItIs } from '../../transform/map-namespace';
import type { ObjectTrace } from '../../transform/object-trace';
import { prepare } from '../../transform/prepare';
import type { StatusChoice } from '../../transform/status-choice';
import type { Transformer } from '../../transform/transformer';
import { hasStatusApart, isPlainStatus } from '../existing/status-apart';
import type { OwnerMap } from '../owners/owner-map';
import type { Aftermath } from './after-create';
import type { ClaimVolume } from './claim-volume';

/** An object of the archive on its way into the target, in a version that the target serves. */
export interface OnItsWay {
  item: ArchivedItem;
  object: KubeObject;
  /** As the report names it. */
  subject: Subject;
  served: ServedObject;
  /** Watches what changes; absent where nobody looks. */
  trace?: ObjectTrace;
}

/** An object as it is sent, and what follows its create. */
export interface Draft {
  place: Place;
  wanted: KubeObject;
  context: ResetContext;
  ownership: FieldOwnership;
  aftermath: Aftermath;
}

/** What a draft is made with. */
export interface DraftWork {
  selection: Selection;
  target: Target;
  transformer: Transformer;
  statuses: StatusChoice;
  owners: OwnerMap;
  report: Report;
  /** Put on everything that is made. */
  labels: Record<string, string>;
  preserveNodePorts: boolean;
  /** What went wrong with objects that may be tried again, as it was reported. */
  told: Set<string>;
}

/**
 * Makes of an archived object what is sent: resets, transforms, the new namespace, owners that are known. Asks nothing.
 * The object becomes the wanted one.
 * @param claim set for a claim: what becomes of its volume
 */
export function draftOf(work: DraftWork, way: OnItsWay, claim: ClaimVolume | undefined): Draft {
  const { object, subject, served, trace } = way;
  const { groupResource } = subject;
  const keepsStatus = isPlainStatus(served.resource) && !work.statuses.unwanted(groupResource, object);
  const aftermath = aftermathOf(work, way, claim);
  const ownership = fieldOwnership(groupResource, object, {
    withStatus: keepsStatus || aftermath.status !== undefined,
  });
  aftermath.owners = ownership.entries;
  const context = resetContext(work, { keepsStatus, keepVolumeName: claim?.keepVolumeName ?? false });
  const wanted = prepare(groupResource, object, context, work.labels, {
    trace,
    transform: () => transform(work, way, context.keepVolumeName),
  });
  delete wanted.metadata.managedFields;
  // Owners that are known already spare the second pass.
  const { known, unknown } = work.owners.resolve(aftermath.references);
  if (known.length > 0 && unknown.length === 0) {
    wanted.metadata.ownerReferences = known;
    aftermath.references = [];
  }
  const { namespace } = subject;
  const place = { resource: served.resource, groupResource, namespace, name: wanted.metadata.name };
  return { place, wanted, context, ownership, aftermath };
}

function aftermathOf(
  { statuses }: DraftWork,
  { object, subject, served }: OnItsWay,
  claim: ClaimVolume | undefined,
): Aftermath {
  const writesStatus = hasStatusApart(served.resource) && statuses.wanted(subject.groupResource, object);
  return {
    oldUid: object.metadata.uid,
    references: object.metadata.ownerReferences ?? [],
    status: writesStatus ? object.status : undefined,
    claim,
  };
}

function resetContext(
  { selection, target, preserveNodePorts }: DraftWork,
  kept: Pick<ResetContext, 'keepsStatus' | 'keepVolumeName'>,
): ResetContext {
  return {
    ...kept,
    preserveNodePorts,
    mapped: selection.renamed.sources.size > 0 ? (name) => selection.mapped(name) : asItIs,
    keepAddress: true,
    cronTimeZones: target.isAtLeast(25),
  };
}

/** Changes what the request asks for. What cannot be done is an error; an object that is tried again is told of once. */
function transform(
  { transformer, report, told }: DraftWork,
  { item, object, subject, trace }: OnItsWay,
  keepsVolume: boolean,
): void {
  const { groupResource, namespace } = subject;
  const transformed = { groupResource, archivedAs: item.groupResource, object, keepsVolume };
  for (const fault of transformer.apply(transformed, trace)) {
    const message = `${groupResource}/${placeName(item)}: ${fault}`;
    if (!told.has(message)) report.error(message, namespace ?? '');
    told.add(message);
  }
}
