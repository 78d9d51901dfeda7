import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import type { Schema } from './schema';
import { fillDefaults } from './schema-defaults';
import { prune } from './schema-pruning';
import { schemaCauses } from './schema-validation';
import type { StatusCause } from '../http/status-error';

/** What a CustomResourceDefinition says about one of its versions. */
export interface CustomVersion {
  /** Name of the CustomResourceDefinition. */
  definition: string;
  schema: Schema;
}

/** Brings an object to the form that its schema gives it. Changes the object. */
export function pruneAndDefault(version: CustomVersion, object: KubeObject): void {
  prune(object, version.schema, true);
  fillDefaults(object, version.schema);
}

/** What is wrong with an object by its schema; metadata is the server's own business. */
export function validateCustom(version: CustomVersion, object: KubeObject): StatusCause[] {
  const { metadata: _m, ...properties } = version.schema.properties ?? {};
  return schemaCauses(object, { ...version.schema, properties });
}
