import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import type { StatusCause } from '../http/status-error';
import type { Storage } from '../objects/storage';
import type { StoredObject } from '../objects/stored-object';

/** What a kind does beyond what all kinds do, in the order in which it is asked. */
export interface KindRule {
  /** The status with which an object of the kind starts; kinds with a status subresource start with none by default. */
  initialStatus?: () => Record<string, unknown> | undefined;
  /** True where the kind counts its spec's revisions in metadata.generation. */
  generation?: boolean;
  /** Fills what the server fills; may refuse by throwing a StatusError. */
  onCreate?(object: KubeObject, storage: Storage): void;
  onUpdate?(next: KubeObject, previous: KubeObject, storage: Storage): void;
  /** What is wrong with an object about to be written; `previous` is set for an update. */
  validate?(object: KubeObject, storage: Storage, previous?: KubeObject): StatusCause[];
  /** Called once a deletion is asked for: may add finalizers or change status. True when the object must stay for now. */
  onDelete?(object: KubeObject): boolean;
  /** Called when a deletion is about to succeed, for example to keep a namespace that still has content. */
  mayGo?(stored: StoredObject, next: KubeObject): boolean;
}

export type KindRules = Record<string, KindRule>;

/** An object's spec, made where there is none. */
export function specOf<Spec>(object: KubeObject): Spec {
  object.spec ??= {};
  return object.spec as Spec;
}
