import * as v from 'valibot';
import { parse } from '../../platform/input/parse';

const text = v.optional(v.string());

/** What a handler uses of FC's context (nodejs20, FC 3.0); unknown fields are let through. */
const schema = v.looseObject({
  requestId: v.string(),
  credentials: v.optional(
    v.looseObject({ accessKeyId: text, accessKeySecret: text, securityToken: text }),
    {},
  ),
  function: v.looseObject({ name: v.string(), timeout: v.optional(v.number()) }),
  region: text,
  accountId: text,
});

export interface FcLogger {
  debug(...words: unknown[]): void;
  info(...words: unknown[]): void;
  warn(...words: unknown[]): void;
  error(...words: unknown[]): void;
}

export type FcContext = v.InferOutput<typeof schema> & { logger?: FcLogger };

/** Throws LifeboatError `invalid` when it is not FC's context. */
export function readContext(context: unknown): FcContext {
  return parse(schema, context, 'the context of the invocation') as FcContext;
}
