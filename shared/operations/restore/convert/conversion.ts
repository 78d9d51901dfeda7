import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { isMap } from '../../../platform/input/is-map';

/** From one version of a kind to another. */
export interface Conversion {
  kind: string;
  /** Lower-case plural, the same in every group that the kind was ever in. */
  resource: string;
  /** `networking.k8s.io/v1beta1` */
  from: string;
  to: string;
  /** Changes the fields that differ; without it the schemas are the same. `apiVersion` is set by who calls it. */
  convert?(object: KubeObject): void;
}

/** A kind whose schema is the same in all these versions: from each to each, the best target first. */
export function renamed(kind: string, resource: string, versions: readonly string[]): Conversion[] {
  return versions.flatMap((from) =>
    versions.filter((to) => to !== from).map((to) => ({ kind, resource, from, to })),
  );
}

export type Fields = Record<string, unknown>;

/** The objects of a list; whatever else stands there is left alone. */
export function objectsOf(list: unknown): Fields[] {
  return Array.isArray(list) ? list.filter(isMap) : [];
}

/** The object in a field; undefined where anything else stands there. */
export function objectAt(parent: unknown, field: string): Fields | undefined {
  const value = isMap(parent) ? parent[field] : undefined;
  return isMap(value) ? value : undefined;
}

/** Gives a field another name, where it is set. */
export function rename(parent: Fields, from: string, to: string): void {
  if (!Object.hasOwn(parent, from)) return;
  parent[to] = parent[from];
  delete parent[from];
}

/** Takes an annotation away and gives its value. */
export function takeAnnotation(object: KubeObject, name: string): string | undefined {
  const { annotations } = object.metadata;
  if (!annotations || !Object.hasOwn(annotations, name)) return undefined;
  const value = annotations[name];
  delete annotations[name];
  if (Object.keys(annotations).length === 0) delete object.metadata.annotations;
  return value;
}

export function annotate(object: KubeObject, name: string, value: string): void {
  object.metadata.annotations = { ...object.metadata.annotations, [name]: value };
}

/** Without what is not set: Go leaves it out. */
export function set(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
  );
}

/** What JSON in an annotation says; text that is not JSON says nothing (as the server reads it). */
export function parsedText(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
