import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { isMap } from '../../../platform/input/is-map';

/** One entry of managedFields, as far as a restore reads it. */
export interface FieldOwner {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion?: string;
  subresource?: string;
  fieldsV1?: Record<string, unknown>;
  [field: string]: unknown;
}

/** How an object is created so that its fields belong to the managers that they belonged to. */
export interface FieldOwnership {
  /** Under whose name; absent: the restore's own. */
  manager?: string;
  /** The create is a server-side apply. */
  applied: boolean;
  /** The create alone gives every field its owner. */
  complete: boolean;
  /** managedFields to be set where the create does not; absent where they cannot be told in the object's version. */
  entries?: FieldOwner[];
}

/**
 * Admission fills in fields of these that cannot be changed afterwards (class of a claim, account of a pod, labels of a Job).
 * A manager that owns them takes them away with its next apply, and is refused.
 */
const filledIn = new Set(['pods', 'persistentvolumeclaims', 'jobs.batch']);

/**
 * Reads who owns the fields of an archived object. A create gives all fields to one manager, so one manager needs no more
 * than its name; several need their managedFields set afterwards. Entries for nothing but a status that is not restored
 * do not count. Malformed entries are left out: the API server would drop the good ones with them.
 */
export function fieldOwnership(
  groupResource: string,
  object: KubeObject,
  { withStatus }: { withStatus: boolean },
): FieldOwnership {
  const { managedFields } = object.metadata;
  const entries = (Array.isArray(managedFields) ? managedFields : [])
    .filter(isFieldOwner)
    .filter((entry) => withStatus || !ownsStatusOnly(entry));
  const only = entries.length === 1 ? entries[0] : undefined;
  const known = entries.every(({ fieldsV1 }) => fieldsV1) ? entries : undefined;
  const single = only ?? (known ? undefined : theOneThatApplied(entries));
  const exact = entries.length > 0 && known !== undefined && { entries };
  if (!single) return { applied: false, complete: entries.length === 0 || !known, ...exact };
  const applied = single.operation === 'Apply';
  if (applied && filledIn.has(groupResource) && known) {
    return { manager: single.manager, applied: false, complete: false, entries };
  }
  return { manager: single.manager, applied, complete: true, ...exact };
}

/** Whether a manager owns fields by server-side apply: only then a foreign owner is in somebody's way. */
export function hasApplied(entries: readonly unknown[] | undefined): boolean {
  return (entries ?? []).some((entry) => isFieldOwner(entry) && entry.operation === 'Apply');
}

/** The owners of both lists: fields of one manager and version are united. */
export function unitedOwners(
  left: readonly unknown[] | undefined,
  right: readonly unknown[] | undefined,
): FieldOwner[] {
  const united = new Map<string, FieldOwner>();
  for (const entry of [...(left ?? []), ...(right ?? [])].filter(isFieldOwner)) {
    const key = JSON.stringify([entry.manager, entry.operation, entry.apiVersion, entry.subresource]);
    const before = united.get(key);
    const fieldsV1 = { ...deepUnion(before?.fieldsV1, entry.fieldsV1) };
    united.set(key, { ...before, ...entry, fieldsV1 });
  }
  return [...united.values()];
}

/** Names another version in the entries of one. Their fields stay where the schemas are the same, else they are not known. */
export function convertOwners(object: KubeObject, from: string, to: string, sameSchema: boolean): void {
  const { managedFields } = object.metadata;
  if (!Array.isArray(managedFields)) return;
  object.metadata.managedFields = managedFields.filter(isFieldOwner).map((entry) => {
    if (entry.apiVersion === from && sameSchema) return { ...entry, apiVersion: to };
    const { fieldsV1: _unknown, ...rest } = entry;
    return { ...rest, apiVersion: to };
  });
}

function theOneThatApplied(entries: readonly FieldOwner[]): FieldOwner | undefined {
  const applied = entries.filter(({ operation }) => operation === 'Apply');
  return applied.length === 1 ? applied[0] : undefined;
}

function ownsStatusOnly({ subresource, fieldsV1 }: FieldOwner): boolean {
  return subresource === 'status' && Object.keys(fieldsV1 ?? {}).every((field) => field === 'f:status');
}

/** The API server takes managers of up to 128 bytes of printable text. */
function isFieldOwner(entry: unknown): entry is FieldOwner {
  if (!isMap(entry)) return false;
  const { manager, operation, fieldsV1, fieldsType = 'FieldsV1' } = entry;
  return (
    typeof manager === 'string' &&
    /^[\x20-\x7e]{1,128}$/.test(manager) &&
    (operation === 'Apply' || operation === 'Update') &&
    fieldsType === 'FieldsV1' &&
    (fieldsV1 === undefined || (isMap(fieldsV1) && Object.keys(fieldsV1).every(isFieldStep)))
  );
}

function isFieldStep(step: string): boolean {
  return step === '.' || /^[fkvi]:/.test(step);
}

function deepUnion(left: unknown, right: unknown): Record<string, unknown> {
  const united: Record<string, unknown> = isMap(left) ? { ...left } : {};
  for (const [field, below] of Object.entries(isMap(right) ? right : {})) {
    united[field] = deepUnion(united[field], below);
  }
  return united;
}
