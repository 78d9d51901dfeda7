import { apiVersion as apiVersionOf } from '../../../shared/platform/kubernetes/api-resource';
import type { Answer, ApiCall } from './api-call';
import { inNamespace, lowerBound } from '../objects/collection';
import { itemText } from '../objects/object-text';
import { selection } from '../objects/selection';
import type { ServedResource } from '../kinds/served-resource';
import { badRequest, StatusError } from './status-error';
import type { Storage } from '../objects/storage';
import type { StoredObject } from '../objects/stored-object';

interface ContinueToken {
  /** Revision of the snapshot; -1 to go on in whatever there is now. */
  rv: number;
  /** Key of the last object given. */
  start: string;
}

/** Answers a list: pages of a snapshot, 410 with a token to go on without one, label and field selectors. */
export function listAnswer(storage: Storage, call: ApiCall): Answer {
  const { resource, query, namespace } = call;
  const collection = storage.collection(resource.storage);
  const matches = selection(call);
  const asked = Number(query.get('limit') ?? '0');
  if (!Number.isInteger(asked)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(query.get('limit'))}: invalid syntax`);
  }
  const resourceVersion = query.get('resourceVersion') ?? '';
  // A list "from any revision" is answered whole, whatever its limit.
  const limit = resourceVersion === '0' ? 0 : asked;
  const token = query.get('continue') ? readToken(query.get('continue')!, namespace) : undefined;
  if (token && resourceVersion !== '' && resourceVersion !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue');
  }

  let revision = storage.revision;
  let source: StoredObject[] | undefined;
  if (token && token.rv >= 0) {
    revision = token.rv;
    source = collection.snapshot(token.rv);
    if (!source) throw expired(token);
  }
  source ??= collection.sorted();
  const scope = inNamespace(source, namespace);
  let at = token ? lowerBound(scope, `${token.start}\0`) : 0;

  const items: string[] = [];
  let last: StoredObject | undefined;
  while (at < scope.length && (limit === 0 || items.length < limit)) {
    const stored = scope[at]!;
    at += 1;
    if (!matches.test(stored)) continue;
    items.push(itemText(resource, stored));
    last = stored;
  }
  const meta: ListMeta = { resourceVersion: String(revision) };
  if (at < scope.length && last) {
    collection.keep(revision, source);
    meta.continue = writeToken({ rv: revision, start: last.key });
    if (matches.everything) meta.remainingItemCount = scope.length - at;
  }
  return { status: 200, body: listText(resource, meta, items) };
}

export interface ListMeta {
  resourceVersion: string;
  continue?: string;
  remainingItemCount?: number;
}

/** A list's JSON in the key order of the real server: alphabetical for custom resources. */
export function listText(resource: ServedResource, meta: ListMeta, items: string[]): string {
  const kind = JSON.stringify(`${resource.kind}List`);
  const apiVersion = JSON.stringify(apiVersionOf(resource));
  const joined = items.join(',');
  if (resource.custom) {
    const { continue: token = '', remainingItemCount, resourceVersion } = meta;
    const metadata = JSON.stringify({ continue: token, remainingItemCount, resourceVersion });
    return `{"apiVersion":${apiVersion},"items":[${joined}],"kind":${kind},"metadata":${metadata}}`;
  }
  return `{"kind":${kind},"apiVersion":${apiVersion},"metadata":${JSON.stringify(meta)},"items":[${joined}]}`;
}

function expired(token: ContinueToken): StatusError {
  return new StatusError(
    410,
    'Expired',
    'The provided continue parameter is too old to display a consistent list result. You can start a new list ' +
      'without the continue parameter, or use the continue token in this response to retrieve the remainder of the ' +
      'results. Continuing with the provided token results in an inconsistent list - objects that were created, ' +
      'modified, or deleted between the time the first chunk was returned and now may show up in the list.',
    undefined,
    { continue: writeToken({ rv: -1, start: token.start }) },
  );
}

function writeToken(token: ContinueToken): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', ...token })).toString('base64url');
}

function readToken(text: string, namespace: string): ContinueToken {
  try {
    const token = JSON.parse(Buffer.from(text, 'base64url').toString()) as ContinueToken;
    if (typeof token.rv === 'number' && typeof token.start === 'string') {
      if (namespace && !token.start.startsWith(`${namespace}/`)) throw badRequest('invalid continue token');
      return token;
    }
  } catch {
    // Answered below: whatever is wrong with it, it is the caller's token.
  }
  throw badRequest('invalid continue token: continue key is not valid');
}
