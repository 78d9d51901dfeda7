import type * as v from 'valibot';
import { LifeboatError } from '../platform/errors';
import { parse } from '../platform/input/parse';
import { Problem } from './problem';
import type { ParameterSchema } from './route';

/**
 * Checks what stands in the path or after the question mark, where everything is text; unknown parameters are refused.
 * Throws a problem 400 naming the parameter.
 */
export function parseParameters<S extends ParameterSchema>(
  schema: S,
  texts: Record<string, string>,
  what: string,
): v.InferOutput<S> {
  const values: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(texts)) {
    const entry = Object.hasOwn(schema.entries, name) ? schema.entries[name] : undefined;
    values[name] = entry === undefined ? text : typed(baseOf(entry), text);
  }
  try {
    return parse(schema, values, what);
  } catch (error) {
    if (error instanceof LifeboatError) throw new Problem(400, error.message, { hint: error.hint });
    throw error;
  }
}

/** What a schema takes at bottom: valibot keeps what is optional in `wrapped`. */
function baseOf(schema: v.GenericSchema): string {
  const { wrapped, type } = schema as v.GenericSchema & { wrapped?: v.GenericSchema };
  return wrapped ? baseOf(wrapped) : type;
}

function typed(base: string, text: string): unknown {
  if (base === 'number' && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (base === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
