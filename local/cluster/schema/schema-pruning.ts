import { isMap } from '../../../shared/platform/input/is-map';
import type { Schema } from './schema';

const typeFields = new Set(['apiVersion', 'kind', 'metadata']);

/** Removes the fields that a structural schema does not name. Changes the value. */
export function prune(value: unknown, schema: Schema, isResource = false): void {
  if (Array.isArray(value)) {
    if (schema.items) for (const item of value) prune(item, schema.items);
    return;
  }
  if (!isMap(value)) return;
  const resource = isResource || schema['x-kubernetes-embedded-resource'] === true;
  for (const [field, inner] of Object.entries(value)) {
    if (resource && typeFields.has(field)) continue;
    const known = schema.properties?.[field];
    if (known) prune(inner, known);
    else if (typeof schema.additionalProperties === 'object') prune(inner, schema.additionalProperties);
    else if (!schema['x-kubernetes-preserve-unknown-fields'] && !schema.additionalProperties)
      delete value[field];
  }
}
