import { sha256Hex } from '../../../platform/sha256';
import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import type { ItemRef } from '../../../formats/vault/archive-types';
import { placeOf } from '../convert/copy-place';
import { markAnnotation, originAnnotation, replicatedByLabel } from '../transform/mark-names';
import type { Replica } from './replica';

/** The mark of an object at its place in the target, made from one in the namespace `source`; none if it is cluster-scoped. */
export function markOf({ label, targetUid }: Replica, place: ItemRef, source: string | undefined): string {
  return sha256Hex([label, targetUid, placeOf(place), source ?? ''].join('\0')).slice(0, 32);
}

/** Whether a rule made an object of the target, from one in the namespace `source`; none if it is cluster-scoped. */
export function isMadeBy(
  replica: Replica,
  place: ItemRef,
  { labels, annotations }: KubeObject['metadata'],
  source?: string,
): boolean {
  return (
    labels?.[replicatedByLabel] === replica.label &&
    annotations?.[markAnnotation] === markOf(replica, place, source)
  );
}

/** Clusters that an object came through. */
export function originsOf(object: KubeObject): string[] {
  return (object.metadata.annotations?.[originAnnotation] ?? '').split(',').filter((uid) => uid !== '');
}

/** Marks an object that a rule is about to create from one in the namespace `source`. Changes `object`. */
export function mark(object: KubeObject, replica: Replica, place: ItemRef, source: string | undefined): void {
  const { sourceUid } = replica;
  const origins = new Set([...originsOf(object), ...(sourceUid === undefined ? [] : [sourceUid])]);
  object.metadata.labels = { ...object.metadata.labels, [replicatedByLabel]: replica.label };
  object.metadata.annotations = {
    ...object.metadata.annotations,
    [markAnnotation]: markOf(replica, place, source),
    ...(origins.size > 0 && { [originAnnotation]: [...origins].join(',') }),
  };
}

/**
 * An object that exists keeps the marks that it has, or has none: what is updated was not created. With `origin` its origin
 * stays too, for what is not changed has not come from anywhere. Changes `wanted`.
 */
export function keepMarks(wanted: KubeObject, live: KubeObject, { origin }: { origin: boolean }): void {
  const { metadata } = wanted;
  metadata.labels = withEntry(metadata.labels, replicatedByLabel, live.metadata.labels);
  metadata.annotations = withEntry(metadata.annotations, markAnnotation, live.metadata.annotations);
  if (origin)
    metadata.annotations = withEntry(metadata.annotations, originAnnotation, live.metadata.annotations);
}

function withEntry(
  of: Record<string, string> | undefined,
  key: string,
  from: Record<string, string> | undefined,
): Record<string, string> | undefined {
  const { [key]: _ours, ...rest } = of ?? {};
  const theirs = from?.[key];
  if (theirs !== undefined) return { ...rest, [key]: theirs };
  return of && rest;
}
