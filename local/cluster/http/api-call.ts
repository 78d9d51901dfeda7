import { parseJson } from '../objects/json-text';
import { readManifest } from '../folder/manifest-text';
import type { ServedResource } from '../kinds/served-resource';
import { badRequest, invalid } from './status-error';

/** One request that has found its resource. */
export interface ApiCall {
  method: string;
  resource: ServedResource;
  /** Empty for cluster scope, and for all namespaces. */
  namespace: string;
  name: string;
  subresource: string;
  query: URLSearchParams;
  body: string;
  /** Without parameters. */
  contentType: string;
  /** Name in managedFields: `fieldManager`, else the user agent up to its slash. */
  manager: string;
}

/** What goes back over the wire. */
export interface Answer {
  status: number;
  body: string;
  contentType?: string;
  headers?: Record<string, string>;
}

/** How an object is to be written. */
export interface WriteOptions {
  dryRun: boolean;
  manager: string;
  /** managedFields as an apply has worked them out; otherwise they follow from what changes. */
  managed?: unknown[];
}

/** How a request wants its object written; throws a StatusError (422) for a `dryRun` other than `All`. */
export function writeOptions(call: ApiCall): WriteOptions {
  const dryRun = call.query.getAll('dryRun');
  for (const value of dryRun) {
    if (value === 'All') continue;
    const kind = `${{ POST: 'Create', PUT: 'Update', PATCH: 'Patch', DELETE: 'Delete' }[call.method] ?? ''}Options`;
    const message = `Unsupported value: ["${value}"]: supported values: "All"`;
    throw invalid({ group: 'meta.k8s.io', resource: '', kind }, '', [
      { reason: 'FieldValueNotSupported', message, field: 'dryRun' },
    ]);
  }
  return { dryRun: dryRun.length > 0, manager: call.manager };
}

/** The body as a JSON value, read as YAML where it says so; 400 in the server's words when it is neither. */
export function readBody(call: ApiCall): unknown {
  try {
    if (/yaml/.test(call.contentType) && !/^\s*\{/.test(call.body)) return readManifest(call.body);
    return parseJson(call.body);
  } catch (error) {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${call.resource.kind}): couldn't get version/kind; ` +
        `json parse error: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
