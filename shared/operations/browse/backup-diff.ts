import type { KubeObject } from '../../platform/kubernetes/kube-object';
import { type FieldChange, fieldDiff } from '../../formats/manifests/modifiers/field-diff';
import { withoutSecretValues } from '../../formats/manifests/modifiers/secret-values';
import { parseItem } from '../restore/document/archived-object';
import type { ArchivedItem, BackupContents, ItemRef } from '../../formats/vault/archive-types';
import { itemKey } from '../../formats/vault/item-key';
import { asWritten } from './as-written';
import { objectDigest } from './object-digest';

/** One object that is not the same on both sides. */
export interface ObjectDifference extends ItemRef {
  kind: string;
  difference: 'added' | 'removed' | 'changed';
  /** Of a changed one. A Secret's values are keyed hashes. */
  fields?: FieldChange[];
}

export interface BackupDiff {
  added: number;
  removed: number;
  changed: number;
  same: number;
  /** Not compared: what the cluster or a controller makes by itself, or what was not asked for. */
  leftOut: number;
  /** Sorted by resource, namespace and name. */
  objects: ObjectDifference[];
}

export interface DiffOptions {
  /** Which objects are compared at all. */
  wants(item: ItemRef, object: KubeObject): boolean;
  /** Keys the hashes of a Secret's values: 32 random bytes that go with this diff. */
  secretKey: Buffer;
  /** Of so many changed objects the fields are shown. */
  details: number;
}

/** One side of a diff: every object once, as often as it is asked for. */
export interface DiffSide {
  /** Objects of some resources, or of all. */
  read(visit: (item: ArchivedItem) => void, groupResources?: ReadonlySet<string>): Promise<void>;
}

interface Described {
  item: ItemRef;
  kind: string;
  digest: Buffer;
}

/** A backup as one side. */
export function backupSide(contents: BackupContents): DiffSide {
  return {
    async read(visit, groupResources) {
      if (!groupResources) await contents.check(visit);
      else for await (const item of contents.items([...groupResources])) visit(item);
    },
  };
}

/**
 * How two sides differ, object by object and field by field, whatever their servers gave the objects left aside. Reads each
 * side once, and again the resources in which something has changed; keeps some 100 bytes an object meanwhile.
 */
export async function diffSides(from: DiffSide, to: DiffSide, options: DiffOptions): Promise<BackupDiff> {
  const before = new Map<string, Described>();
  const diff: BackupDiff = { added: 0, removed: 0, changed: 0, same: 0, leftOut: 0, objects: [] };
  await from.read((item) => {
    const object = described(item, options);
    if (object) before.set(itemKey(item), object);
    else diff.leftOut += 1;
  });
  const changed = new Map<string, ObjectDifference>();
  await to.read((item) => {
    const object = described(item, options);
    if (!object) {
      diff.leftOut += 1;
      return;
    }
    const key = itemKey(item);
    const earlier = before.get(key);
    before.delete(key);
    if (earlier?.digest.equals(object.digest)) {
      diff.same += 1;
      return;
    }
    const difference = earlier ? 'changed' : 'added';
    diff[difference] += 1;
    const found: ObjectDifference = { ...object.item, kind: object.kind, difference };
    if (earlier) changed.set(key, found);
    diff.objects.push(found);
  });
  for (const { item, kind } of before.values()) diff.objects.push({ ...item, kind, difference: 'removed' });
  diff.removed = before.size;
  await addFields(from, to, changed, options);
  diff.objects.sort((a, b) => (itemKey(a) < itemKey(b) ? -1 : 1));
  return diff;
}

async function addFields(
  from: DiffSide,
  to: DiffSide,
  changed: ReadonlyMap<string, ObjectDifference>,
  { details, secretKey }: DiffOptions,
): Promise<void> {
  const shown = new Map([...changed].slice(0, details));
  if (shown.size === 0) return;
  const resources = new Set([...shown.values()].map(({ groupResource }) => groupResource));
  const before = new Map<string, KubeObject>();
  await from.read((item) => {
    const key = itemKey(item);
    if (shown.has(key)) before.set(key, shownAs(item, secretKey));
  }, resources);
  await to.read((item) => {
    const key = itemKey(item);
    const object = shown.get(key);
    const earlier = before.get(key);
    if (object && earlier) object.fields = fieldDiff(earlier, shownAs(item, secretKey));
  }, resources);
}

/** As it is shown: without what its server gave it, and without a Secret's values. */
function shownAs(item: ArchivedItem, secretKey: Buffer): KubeObject {
  return withoutSecretValues(asWritten(parseItem(item)), secretKey);
}

/** Undefined for an object that is not compared. */
function described(item: ArchivedItem, { wants }: DiffOptions): Described | undefined {
  const { groupResource, namespace, name } = item;
  const object = parseItem(item);
  if (!wants(item, object)) return undefined;
  const ref = { groupResource, ...(namespace !== undefined && { namespace }), name };
  return { item: ref, kind: object.kind ?? groupResource, digest: objectDigest(asWritten(object)) };
}
