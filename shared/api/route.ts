import type * as v from 'valibot';
import type { Installation } from '../app/installation';
import type { Role } from '../formats/manifests/token';
import type { Caller } from './caller';
import type { Conditions } from './conditions';
import type { OpenRunQuota } from './open-run-quota';
import type { Reach } from './reach';

export type Schema = v.GenericSchema<unknown, unknown>;
/** Of parameters: an object whose entries are strings, whole numbers, booleans or choices. */
export type ParameterSchema = v.GenericSchema<unknown, unknown> & {
  readonly entries: Record<string, v.GenericSchema<unknown, unknown>>;
};

/** What a route answers with. */
export interface Answer {
  status: number;
  /** Sent as JSON; a string as text. Nothing for 204. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** A call that was let in and checked. */
export interface Call<Path = unknown, Query = unknown, Body = unknown> {
  installation: Installation;
  caller: Caller;
  /** Which clusters the caller may touch. */
  reach: Reach;
  /** How many runs the caller may have open. */
  quota: OpenRunQuota;
  conditions: Conditions;
  path: Path;
  query: Query;
  body: Body;
}

/** An answer in the document. */
export interface DocumentedAnswer {
  /** One line. */
  description: string;
  /** Of the JSON; `text` for a log. Nothing for 204. */
  content?: Schema | 'text';
  /** Headers by name, each with one line. */
  headers?: Record<string, string>;
}

/** One operation: what it takes and answers with is checked and documented from the same schemas. */
export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/schedules/{name}/pause`. */
  path: string;
  /** operationId. */
  id: string;
  /** Heading in the document: `Schedules`. */
  tag: string;
  /** One line. */
  summary: string;
  /** More, where there is more to say. */
  description?: string;
  /** The least role that may; `anyone` needs no credentials. */
  role: Role | 'anyone';
  parameters?: ParameterSchema;
  query?: ParameterSchema;
  body?: Schema;
  answers: Record<number, DocumentedAnswer>;
  /** Problems beside those that every route of its kind has, each with one line. */
  problems?: Record<number, string>;
  /** It may start runs, and is refused with 429 when the caller has too many open. */
  startsRuns?: boolean;
  /** `read`: answers 304 by If-None-Match. `write`: replaces one manifest, and is refused with 412 by If-Match. */
  conditional?: 'read' | 'write';
  handle(call: Call): Promise<Answer>;
}

type Output<S> = S extends Schema ? v.InferOutput<S> : Record<string, never>;

/** A route whose handler is given what its schemas let through. */
export function route<
  P extends ParameterSchema | undefined = undefined,
  Q extends ParameterSchema | undefined = undefined,
  B extends Schema | undefined = undefined,
>(
  definition: Omit<Route, 'parameters' | 'query' | 'body' | 'handle'> & {
    parameters?: P;
    query?: Q;
    body?: B;
    handle(call: Call<Output<P>, Output<Q>, Output<B>>): Promise<Answer>;
  },
): Route {
  return definition as unknown as Route;
}
