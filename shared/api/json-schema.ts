import { toJsonSchema } from '@valibot/to-json-schema';
import { isName, longestName } from '../platform/input/names';
import { isObject, isSeal } from './without-seals';
import type { Schema } from './route';

export type JsonSchema = Record<string, unknown>;

/** Checks that are code, as far as a schema can say the same. */
const checks = new Map<unknown, JsonSchema>([
  [isName, { pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$', maxLength: longestName }],
]);

/**
 * What a schema takes, as JSON Schema 2020-12. Rules between fields stay with the validation: 422 tells of them.
 * @param components schemas that are referred to by their name under `#/components/schemas/`
 */
export function jsonSchema(schema: Schema, components: Record<string, Schema> = {}): JsonSchema {
  const definitions = components as NonNullable<Parameters<typeof toJsonSchema>[1]>['definitions'];
  const {
    $schema: _,
    $defs: __,
    ...converted
  } = toJsonSchema(schema as never, {
    target: 'draft-2020-12',
    typeMode: 'input',
    errorMode: 'ignore',
    definitions,
    overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
    overrideAction: ({ valibotAction, jsonSchema: known }) => {
      const { requirement } = valibotAction as { requirement?: unknown };
      const said = checks.get(requirement);
      return said === undefined ? undefined : ({ ...known, ...said } as never);
    },
  }) as JsonSchema;
  return withoutSeals(converted) as JsonSchema;
}

/** A schema under its own name, its parts by theirs. */
export function componentSchema(name: string, components: Record<string, Schema>): JsonSchema {
  const { [name]: own, ...others } = components;
  return jsonSchema(own!, others);
}

/** What is sealed never goes out, so answers have no such property. */
function withoutSeals(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutSeals);
  if (!isObject(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, each]) => {
      if (isSeal(key, each)) return [];
      if (key !== 'required' || !Array.isArray(each)) return [[key, withoutSeals(each)]];
      return [[key, each.filter((name) => !isSeal(name, {}))]];
    }),
  );
}
