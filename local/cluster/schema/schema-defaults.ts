import { copyJson } from '../objects/json-text';
import { isMap } from '../../../shared/platform/input/is-map';
import type { Schema } from './schema';

/** Fills in the defaults of a schema; a null where null is not allowed takes the default. Changes the value. */
export function fillDefaults(value: unknown, schema: Schema): void {
  if (Array.isArray(value)) {
    if (schema.items) for (const item of value) fillDefaults(item, schema.items);
    return;
  }
  if (!isMap(value)) return;
  for (const [field, known] of Object.entries(schema.properties ?? {})) {
    const missing = value[field] === undefined || (value[field] === null && !known.nullable);
    if (missing && known.default !== undefined) value[field] = copyJson(known.default);
    fillDefaults(value[field], known);
  }
  if (typeof schema.additionalProperties === 'object') {
    for (const [field, inner] of Object.entries(value)) {
      if (!schema.properties?.[field]) fillDefaults(inner, schema.additionalProperties);
    }
  }
}
