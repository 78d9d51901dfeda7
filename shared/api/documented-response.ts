import type { JsonSchema } from './json-schema';

/** An answer as an OpenAPI document describes it. */
export interface DocumentedResponse extends JsonSchema {
  description: string;
  content?: JsonSchema;
  headers?: JsonSchema;
}
