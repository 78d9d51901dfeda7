import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { type FieldChange, fieldDiff } from '../../../formats/manifests/modifiers/field-diff';
import { withoutSecretTexts } from '../../../formats/manifests/modifiers/secret-values';
import { copyDocument } from '../document/document';

/** What changed a field of an archived object on its way into the cluster. */
export type Stage =
  | 'version'
  | 'reset'
  | 'namespace'
  | 'images'
  | 'storage class'
  | 'replicas'
  | 'labels and annotations'
  | 'resource modifiers'
  | 'volume snapshot'
  | 'passive';

export interface StagedChange extends FieldChange {
  by: Stage;
}

/** More changes of one object than anybody reads. */
const longest = 60;

/**
 * Watches one object on its way through a restore and notes every field that changes, by comparing it before and after each
 * stage: what is not noted did not change. Nothing in it holds a Secret's value: what was a Secret in the archive is one to the
 * end, whatever a transform makes of it.
 */
export class ObjectTrace {
  readonly changes: StagedChange[] = [];

  /** @param archivedAs its group-resource in the archive */
  constructor(
    private readonly hashKey: Buffer,
    private readonly archivedAs: string,
  ) {}

  stage<T>(by: Stage, object: KubeObject, change: () => T): T {
    const before = this.#seen(copyDocument(object));
    const result = change();
    const room = longest - this.changes.length;
    for (const one of fieldDiff(before, this.#seen(object), room)) this.changes.push({ ...one, by });
    return result;
  }

  /** An object without the texts of a Secret, and without what says only who wrote it. */
  #seen(object: KubeObject): KubeObject {
    const { managedFields: _fields, ...metadata } = object.metadata;
    const seen = { ...object, metadata };
    return this.archivedAs === 'secrets' ? withoutSecretTexts(seen, this.hashKey) : seen;
  }
}

/** Changes an object, under the eyes of a trace where there is one. */
export function staged<T>(trace: ObjectTrace | undefined, by: Stage, object: KubeObject, change: () => T): T {
  return trace ? trace.stage(by, object, change) : change();
}
