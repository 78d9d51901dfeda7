import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import type { LeftOutNeeds } from '../check/cluster-needs';
import type { ExistingDecision } from '../decide/existing/decide-existing';
import type { Place } from '../target/place';
import type { ObjectTrace } from '../transform/object-trace';
import type { Detail, Subject } from './outcome';
import type { UnmappedNamespace } from './unmapped-namespaces';

/** An object that exists, what the backup wants of it, and what was decided. */
export interface Meeting {
  place: Place;
  wanted: KubeObject;
  present: KubeObject;
  decision: ExistingDecision;
  /** Decides the same on copies of both sides. */
  decide(wanted: KubeObject, present: KubeObject): ExistingDecision;
  resourceVersion: string | undefined;
}

/** Watches a restore: hears what it meets, may show more of each object, and may hold an object back. */
export interface RestoreObserver {
  /** Watches one object on its way into the cluster. @param archivedAs its group-resource in the archive */
  trace(archivedAs: string): ObjectTrace | undefined;
  /** Cluster-scoped objects are left out although what is restored needs them. */
  leavesOut(needs: LeftOutNeeds, message: string, hint: string): void;
  /** Objects name a mapped namespace where no mapping applies. */
  isNotMapped(unmapped: UnmappedNamespace): void;
  /** Before an object is sent: why it must not be, or that it has to be there. */
  beforeCreate(place: Place, wanted: KubeObject): { drift?: string; wasThere: boolean };
  /** The object is created. */
  creates(place: Place, wanted: KubeObject): void;
  /** What is shown of an object that exists, and why nothing may be done to it now. */
  meets(meeting: Meeting): { detail?: Detail; drift?: string };
  /** A CustomResourceDefinition is set back to an older schema. */
  losesFields(name: string, lost: readonly string[]): void;
  /** What is shown of an object when its outcome is known. */
  ends(subject: Subject): Detail | undefined;
}

/** Watches nothing: a restore that keeps to no plan. */
export const unwatched: RestoreObserver = {
  trace: () => undefined,
  leavesOut() {},
  isNotMapped() {},
  beforeCreate: () => ({ wasThere: false }),
  creates() {},
  meets: () => ({}),
  losesFields() {},
  ends: () => undefined,
};
