import { withQuery } from './api-path';
import type { ApiRequest, Cluster } from './port';
import { placeOfRequest } from './request-place';

/**
 * Returns a connection that can change nothing in a cluster. It sends reads as they are. To each write it adds the dry-run
 * where an API server reads it: in the query, and for a deletion in the body, because a server that finds a body there
 * ignores the query. Throws an Error, before anything is sent, for a request that has no place for a dry-run here.
 */
export function dryRunsOnly(cluster: Cluster): Cluster {
  return {
    name: cluster.name,
    server: cluster.server,
    async request(request) {
      return cluster.request(isRead(request) ? request : dryRunOf(request));
    },
    discover: (options) => cluster.discover(options),
    close: () => cluster.close(),
  };
}

/** Subresources whose reading is only a reading: a `GET` of `proxy` or `exec` may do anything. */
const plainParts = new Set<string | undefined>([undefined, 'status', 'scale']);

function isRead({ method, path }: ApiRequest): boolean {
  return method === 'GET' && plainParts.has(placeOfRequest(path)?.subresource);
}

function dryRunOf(request: ApiRequest): ApiRequest {
  if (!isPlainWrite(request)) throw notADryRun(request);
  const path = withQuery(withoutDryRun(request.path), { dryRun: 'All' });
  const dryRun =
    request.method === 'DELETE'
      ? { ...request, path, body: deletion(request.body), contentType: 'application/json' }
      : { ...request, path };
  if (!carriesDryRun(dryRun)) throw notADryRun(request);
  return dryRun;
}

/** A create, a change or a deletion of one object. Other writes (evictions, tokens, collections) have options of their own. */
function isPlainWrite({ method, path }: ApiRequest): boolean {
  const place = placeOfRequest(path);
  if (!place) return false;
  const { name, subresource } = place;
  if (method === 'POST') return name === undefined;
  if (method === 'DELETE') return name !== undefined && subresource === undefined;
  return (method === 'PUT' || method === 'PATCH') && name !== undefined && plainParts.has(subresource);
}

function deletion(body: ApiRequest['body']): string {
  return JSON.stringify({ ...JSON.parse(String(body ?? '{}')), dryRun: ['All'] });
}

function withoutDryRun(path: string): string {
  const [place, query = ''] = path.split('?');
  const pairs = query.split('&').filter((pair) => pair !== '' && !/^dryRun(=|$)/.test(pair));
  return pairs.length === 0 ? place! : `${place}?${pairs.join('&')}`;
}

/** Reads a request as an API server reads it. */
function carriesDryRun({ method, path, body }: ApiRequest): boolean {
  const said =
    method === 'DELETE'
      ? (JSON.parse(String(body)) as { dryRun?: unknown }).dryRun
      : new URLSearchParams(path.split('?')[1]).getAll('dryRun');
  return Array.isArray(said) && said.length === 1 && said[0] === 'All';
}

function notADryRun({ method, path }: ApiRequest): Error {
  return new Error(`a dry-run of ${method} ${path.split('?')[0]} is not possible: the request was not sent`);
}
