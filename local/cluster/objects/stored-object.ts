import type { KubeObject, ObjectMeta } from '../../../shared/platform/kubernetes/kube-object';
import { formatJson, parseJson } from './json-text';

/**
 * One revision of one object. Kept as its JSON text, since a list is then a join of texts and nothing can be changed
 * by accident; only the metadata that lists and controllers look at stays parsed.
 */
export class StoredObject {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly meta: Pick<
    ObjectMeta,
    'labels' | 'finalizers' | 'ownerReferences' | 'deletionTimestamp' | 'generation'
  >;
  /** The object's JSON without its opening brace, apiVersion and kind: `"metadata":{…},…}`. */
  readonly tail: string;

  constructor(
    readonly storage: string,
    readonly revision: number,
    object: KubeObject,
  ) {
    const { apiVersion: _v, kind: _k, metadata, ...rest } = object;
    this.namespace = metadata.namespace ?? '';
    this.name = metadata.name;
    this.uid = metadata.uid ?? '';
    const { labels, finalizers, ownerReferences, deletionTimestamp, generation } = metadata;
    this.meta = { labels, finalizers, ownerReferences, deletionTimestamp, generation };
    // What was not written (dry run) has no revision.
    const version = revision > 0 ? { resourceVersion: String(revision) } : {};
    this.tail = formatJson({ metadata: { ...metadata, ...version }, ...rest }).slice(1);
  }

  get key(): string {
    return storageKey(this.namespace, this.name);
  }

  /** A fresh copy, without apiVersion and kind. */
  object(): KubeObject {
    return parseJson(`{${this.tail}`) as KubeObject;
  }
}

/** Sorts as etcd's keys do: by namespace, then name. */
export function storageKey(namespace: string, name: string): string {
  return namespace ? `${namespace}/${name}` : name;
}
