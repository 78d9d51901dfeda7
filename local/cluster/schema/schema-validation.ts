import { isDeepStrictEqual } from 'node:util';
import { isMap } from '../../../shared/platform/input/is-map';
import type { Schema } from './schema';
import { invalidValue, requiredValue, type StatusCause } from '../http/status-error';

/** What is wrong with a value, as the real server words it. CEL rules, formats and allOf/anyOf/not are not looked at. */
export function schemaCauses(value: unknown, schema: Schema, field = ''): StatusCause[] {
  if (value === null && schema.nullable) return [];
  const wanted = schema['x-kubernetes-int-or-string']
    ? ['integer', 'string']
    : schema.type
      ? [schema.type]
      : [];
  const actual = typeName(value);
  if (wanted.length && !wanted.some((type) => fits(value, type))) {
    const expected = wanted.join(',');
    return [
      {
        reason: 'FieldValueTypeInvalid',
        message: `Invalid value: "${actual}": ${field || '<nil>'} in body must be of type ${expected}: "${actual}"`,
        field,
      },
    ];
  }
  const causes: StatusCause[] = [];
  const below = (name: string) => (field ? `${field}.${name}` : name);
  if (isMap(value)) {
    for (const name of schema.required ?? []) {
      if (value[name] === undefined) causes.push(requiredValue(below(name)));
    }
    for (const [name, inner] of Object.entries(value)) {
      const known = schema.properties?.[name];
      if (known) causes.push(...schemaCauses(inner, known, below(name)));
      else if (typeof schema.additionalProperties === 'object') {
        causes.push(...schemaCauses(inner, schema.additionalProperties, below(name)));
      }
    }
    const count = Object.keys(value).length;
    causes.push(...sizeCauses(count, schema.minProperties, schema.maxProperties, 'properties', field, value));
  } else if (Array.isArray(value)) {
    causes.push(...sizeCauses(value.length, schema.minItems, schema.maxItems, 'items', field, value));
    if (schema.items) {
      value.forEach((item, index) => {
        causes.push(...schemaCauses(item, schema.items!, `${field}[${index}]`));
      });
    }
  } else if (typeof value === 'string') causes.push(...stringCauses(value, schema, field));
  else if (typeof value === 'number' || typeof value === 'bigint') {
    causes.push(...numberCauses(value, schema, field));
  }
  if (schema.enum && !schema.enum.some((allowed) => isDeepStrictEqual(allowed, value))) {
    const supported = schema.enum.map((allowed) => JSON.stringify(allowed)).join(', ');
    causes.push({
      reason: 'FieldValueNotSupported',
      message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`,
      field,
    });
  }
  return causes;
}

function stringCauses(value: string, schema: Schema, field: string): StatusCause[] {
  const causes: StatusCause[] = [];
  const length = [...value].length;
  if (schema.minLength !== undefined && length < schema.minLength) {
    causes.push(
      invalidValue(field, value, `${field} in body should be at least ${schema.minLength} chars long`),
    );
  }
  if (schema.maxLength !== undefined && length > schema.maxLength) {
    causes.push({
      reason: 'FieldValueTooLong',
      message: `Too long: may not be more than ${schema.maxLength} bytes`,
      field,
    });
  }
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value)) {
    causes.push(invalidValue(field, value, `${field} in body should match '${schema.pattern}'`));
  }
  return causes;
}

function numberCauses(value: number | bigint, schema: Schema, field: string): StatusCause[] {
  const causes: StatusCause[] = [];
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) {
    const bound = exclusiveMinimum ? 'greater than' : 'greater than or equal to';
    causes.push(invalidValue(field, value, `${field} in body should be ${bound} ${minimum}`));
  }
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) {
    const bound = exclusiveMaximum ? 'less than' : 'less than or equal to';
    causes.push(invalidValue(field, value, `${field} in body should be ${bound} ${maximum}`));
  }
  return causes;
}

function sizeCauses(
  count: number,
  least: number | undefined,
  most: number | undefined,
  what: string,
  field: string,
  value: unknown,
): StatusCause[] {
  if (least !== undefined && count < least) {
    return [invalidValue(field, value, `${field} in body should have at least ${least} ${what}`)];
  }
  if (most === undefined || count <= most) return [];
  return [
    { reason: 'FieldValueTooMany', message: `Too many: ${count}: must have at most ${most} ${what}`, field },
  ];
}

function fits(value: unknown, type: string): boolean {
  switch (type) {
    case 'integer':
      return typeof value === 'bigint' || Number.isInteger(value);
    case 'number':
      return typeof value === 'bigint' || typeof value === 'number';
    case 'object':
      return isMap(value);
    case 'array':
      return Array.isArray(value);
    default:
      return typeof value === type;
  }
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'bigint' || Number.isInteger(value)) return 'integer';
  return typeof value;
}
