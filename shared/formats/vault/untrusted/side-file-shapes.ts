import * as v from 'valibot';
import { LifeboatError } from '../../../platform/errors';
import type { BackupVolumeInfo, ResourceList, Results } from '../../manifests/velero';

// A nil slice or map of Go's is written as null and means empty.
const texts = v.nullish(v.array(v.string()), () => []);
const objects = v.nullish(v.array(v.record(v.string(), v.unknown())), () => []);
const byName = v.nullish(v.record(v.string(), texts), () => ({}));
const result = v.nullish(
  v.object({ velero: v.optional(texts), cluster: v.optional(texts), namespaces: v.optional(byName) }),
  () => ({}),
);
const resultsFile = v.object({ errors: result, warnings: result });

/** `-results.gz`. @throws LifeboatError `corrupt` naming `key`, as all of these */
export function results(key: string, json: unknown): Results {
  return shaped(key, resultsFile, json);
}

/** `-resource-list.json.gz`. */
export function resourceList(key: string, json: unknown): ResourceList {
  return shaped(key, byName, json);
}

/** `-volumeinfo.json.gz`. */
export function volumeInfo(key: string, json: unknown): BackupVolumeInfo[] {
  return shaped(key, objects, json) as unknown as BackupVolumeInfo[];
}

/** A list of any objects: pod volume backups, snapshots, operations. */
export function objectList(key: string, json: unknown): Record<string, unknown>[] {
  return shaped(key, objects, json);
}

function shaped<S extends v.GenericSchema>(key: string, schema: S, json: unknown): v.InferOutput<S> {
  const parsed = v.safeParse(schema, json, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const field = v.getDotPath(parsed.issues[0]);
  throw new LifeboatError('corrupt', `${key} ${field ? `has a wrong ${field}` : 'is not of its kind'}`);
}
