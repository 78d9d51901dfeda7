import type { KubeObject, OwnerReference } from '../../../platform/kubernetes/kube-object';
import type { ItemRef } from '../../../formats/vault/archive-types';
import type { Transforms } from '../../../formats/manifests/modifiers/transforms';
import { isPod } from './volume-facts';
import { isBuiltInGroup } from '../convert/built-in-groups';

/** What an archive says of controllers. uids are those of the backup. */
export interface Controllers {
  /** Owners that are asked for. */
  readonly restored: ReadonlySet<string>;
  /** Pod that owns something → its controller, where that is asked for. */
  readonly ofPods: ReadonlyMap<string, string>;
  /** Controller → the number of its newest ReplicaSet or ControllerRevision. */
  readonly newestRevisions: ReadonlyMap<string, number>;
  readonly suspendedCronJobs: ReadonlySet<string>;
}

/** What may keep a restored controller from making anything yet. */
export type Holds = Pick<Transforms, 'passive' | 'replicasToZero'>;

interface Surroundings {
  controllers: Controllers;
  holds: Holds;
}

/** An object that is left out where all these are in the cluster, and comes back where one is not. */
export interface LeftToController {
  /** uids of the backup: of controllers, which may be left to their own controllers. */
  controllers: string[];
  reason: string;
}

/** Why a controller does without this object of the backup; undefined when it does not, or never makes it. */
type Maker = (
  item: ItemRef,
  object: KubeObject,
  controller: OwnerReference,
  around: Surroundings,
) => string | undefined;

/**
 * Controllers make these from their own templates. Only the newest ReplicaSet or ControllerRevision of an owner is one of
 * them: older ones are the history that `kubectl rollout undo` goes back to, and no controller makes history.
 */
const makers: Readonly<Record<string, Maker>> = {
  pods: madeAgain,
  'replicasets.apps': newestRevision,
  'replicasets.extensions': newestRevision,
  // Other owners keep data in theirs, which their objects name.
  'controllerrevisions.apps': (item, object, controller, around) =>
    ['StatefulSet', 'DaemonSet'].includes(controller.kind) && isBuiltInGroup(controller.apiVersion)
      ? newestRevision(item, object, controller, around)
      : undefined,
  'jobs.batch': madeOnSchedule,
  'compositepodgroups.scheduling.k8s.io': madeAgain,
  'podgroups.scheduling.k8s.io': madeAgain,
  'workloads.scheduling.k8s.io': madeAgain,
};

/** What has a number in the history of its controller. */
export const withRevisions: ReadonlySet<string> = new Set([
  'replicasets.apps',
  'replicasets.extensions',
  'controllerrevisions.apps',
]);

/** Resources of which controllers make objects again. */
export const madeByControllers: ReadonlySet<string> = new Set(Object.keys(makers));

/**
 * Whom an object is left to, by the archive alone: the controller that makes it again, or the controller of the pod that it
 * belonged to (a lock that its process held). Undefined where it comes back whatever becomes of its owners.
 */
export function leftToController(
  item: ItemRef,
  object: KubeObject,
  controllers: Controllers,
  holds: Holds,
): LeftToController | undefined {
  const owners = object.metadata.ownerReferences ?? [];
  const controller = owners.find((owner) => owner.controller);
  if (madeByControllers.has(item.groupResource)) {
    if (!controller || !controllers.restored.has(controller.uid)) return undefined;
    const reason = makers[item.groupResource]!(item, object, controller, {
      controllers,
      holds,
    });
    return reason === undefined ? undefined : { controllers: [controller.uid], reason };
  }
  if (owners.length === 0) return undefined;
  const ofPods = owners.flatMap((owner) => (isPod(owner) ? (controllers.ofPods.get(owner.uid) ?? []) : []));
  if (ofPods.length < owners.length) return undefined;
  return {
    controllers: ofPods,
    reason: `it belonged to pod ${owners[0]!.name}, which its controller makes again as another one`,
  };
}

/**
 * Why no policy changes a ReplicaSet or ControllerRevision of the cluster: its controller numbers and scales it, and may be
 * in the middle of a rollout.
 */
export function keptByController(groupResource: string, { metadata }: KubeObject): string | undefined {
  if (!withRevisions.has(groupResource)) return undefined;
  const controller = metadata.ownerReferences?.find((owner) => owner.controller);
  return controller && `its controller ${controller.kind} ${controller.name} keeps it`;
}

/** The number of a ReplicaSet or ControllerRevision in the history of its owner; undefined for what has none. */
export function revisionOf(object: KubeObject): number | undefined {
  const revision = object.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? object.revision;
  const number = revision === undefined || revision === '' ? Number.NaN : Number(revision);
  return Number.isNaN(number) ? undefined : number;
}

/** What the controllers of custom resources make, only they know. */
function madeAgain(
  { groupResource }: ItemRef,
  _object: KubeObject,
  { apiVersion, kind, name }: OwnerReference,
  { holds }: Surroundings,
): string {
  if (!isBuiltInGroup(apiVersion)) return `it is left to its controller ${kind} ${name}`;
  const again = `its controller ${kind} ${name} makes it again`;
  if (groupResource !== 'pods') return again;
  if (holds.passive) return `${again} when the restore is activated`;
  return holds.replicasToZero && scaled.has(kind) ? `${again} when it has replicas again` : again;
}

/** Kinds that `replicasToZero` changes. */
const scaled = new Set(['ReplicaSet', 'StatefulSet', 'ReplicationController']);

function newestRevision(
  item: ItemRef,
  object: KubeObject,
  controller: OwnerReference,
  around: Surroundings,
): string | undefined {
  const revision = revisionOf(object);
  const newest = around.controllers.newestRevisions.get(controller.uid);
  const isOld = revision !== undefined && newest !== undefined && revision < newest;
  return isOld && isBuiltInGroup(controller.apiVersion)
    ? undefined
    : madeAgain(item, object, controller, around);
}

/** A CronJob makes the Jobs of times to come: none that a person made from it, and none at all while it is suspended. */
function madeOnSchedule(
  item: ItemRef,
  object: KubeObject,
  controller: OwnerReference,
  around: Surroundings,
): string | undefined {
  const { kind, name, uid, apiVersion } = controller;
  if (kind !== 'CronJob' || !isBuiltInGroup(apiVersion)) return madeAgain(item, object, controller, around);
  const { metadata } = object;
  // Its controller names Jobs after their time, in minutes or seconds (pkg/controller/cronjob, getJobName).
  const isScheduled =
    metadata.name.startsWith(`${name}-`) &&
    /^\d{8,}$/.test(metadata.name.slice(name.length + 1)) &&
    metadata.annotations?.['cronjob.kubernetes.io/instantiate'] !== 'manual';
  if (!isScheduled || around.controllers.suspendedCronJobs.has(uid)) return undefined;
  return `its controller CronJob ${name} makes the next one at its time`;
}
