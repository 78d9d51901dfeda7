import { type Fields, objectAt, objectsOf } from './conversion';

const preserve = 'x-kubernetes-preserve-unknown-fields';
const intOrString = 'x-kubernetes-int-or-string';
const junctors = ['allOf', 'anyOf', 'oneOf'];

/** What may stand beside a schema but not inside of allOf, anyOf, oneOf and not. */
const onlyOutside = ['type', 'default', 'additionalProperties', 'description', 'nullable', 'title'];

/**
 * A schema that apiextensions.k8s.io/v1 accepts, from one that was written when unknown fields were preserved: every
 * level says its type, and every object that its unknown fields stay, since v1 would prune them. Where the rules for
 * structural schemas forbid a condition, the condition goes: the schema then refuses less, never more.
 */
export function structuralSchema(schema: unknown): Fields {
  const root = level({ ...objectAt({ schema }, 'schema'), type: 'object' });
  const properties = objectAt(root, 'properties');
  if (!properties) return root;
  // These are the server's own; v1 takes no more about them.
  if (properties.metadata) properties.metadata = { type: 'object' };
  for (const name of ['apiVersion', 'kind']) if (properties[name]) properties[name] = { type: 'string' };
  return root;
}

function level(schema: Fields): Fields {
  if (isIntOrString(schema)) {
    const { type: _type, anyOf: _anyOf, ...rest } = schema;
    return { ...rest, [intOrString]: true };
  }
  if (schema.additionalProperties === false) delete schema.additionalProperties;
  hoistConditions(schema);
  schema.type ??= inferredType(schema);
  if (schema.type === undefined) delete schema.type;
  const properties = objectAt(schema, 'properties');
  for (const [name, property] of Object.entries(properties ?? {})) {
    properties![name] = level({ ...objectAt({ property }, 'property') });
  }
  const values = objectAt(schema, 'additionalProperties');
  if (values) schema.additionalProperties = level({ ...values });
  if (schema.type === 'array') schema.items = level({ ...objectAt(schema, 'items') });
  const open = schema.type === 'object' && schema.additionalProperties === undefined;
  if (open || schema.type === undefined) schema[preserve] = true;
  return schema;
}

function inferredType(schema: Fields): string | undefined {
  if (schema.properties || schema.additionalProperties) return 'object';
  return schema.items ? 'array' : undefined;
}

function isIntOrString(schema: Fields): boolean {
  if (schema[intOrString] === true) return true;
  const types = objectsOf(schema.anyOf).map((one) => one.type);
  return types.length === 2 && types.includes('integer') && types.includes('string');
}

/** Conditions may only speak of fields that the schema beside them has. */
function hoistConditions(schema: Fields): void {
  for (const condition of conditionsOf(schema)) condense(condition, schema);
}

function conditionsOf(schema: Fields): Fields[] {
  const negated = objectAt(schema, 'not');
  return [...junctors.flatMap((name) => objectsOf(schema[name])), ...(negated ? [negated] : [])];
}

function condense(condition: Fields, beside: Fields): void {
  for (const name of Object.keys(condition)) {
    if (onlyOutside.includes(name) || name.startsWith('x-kubernetes-')) delete condition[name];
  }
  const properties = objectAt(condition, 'properties');
  for (const [name, property] of Object.entries(properties ?? {})) {
    beside.properties ??= {};
    const outside = beside.properties as Fields;
    outside[name] = objectAt(outside, name) ?? {};
    condense(objectAt({ property }, 'property') ?? {}, outside[name] as Fields);
  }
  const items = objectAt(condition, 'items');
  if (items) {
    beside.items = objectAt(beside, 'items') ?? {};
    condense(items, beside.items as Fields);
  }
  for (const inner of conditionsOf(condition)) condense(inner, beside);
}
