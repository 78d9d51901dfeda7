import { LifeboatError } from '../errors';
import { type AnswerHead, answerHead } from './answer-head';
import type { ApiRequest, ApiResponse, Cluster } from './port';
import { placeOfRequest, type RequestPlace } from './request-place';

/** What answers is something else: a gateway, a login page, a confused cache. No later answer of it can be believed. */
export class NotAnApiServer extends LifeboatError {
  /** @param found what was answered; holds nothing of the answer but the names of kinds and objects */
  constructor(
    cluster: Pick<Cluster, 'server'>,
    { method, path }: Pick<ApiRequest, 'method' | 'path'>,
    found: string,
  ) {
    super(
      'invalid',
      `what answers at ${cluster.server} is not an API server: it answered ${method} ${path.split('?')[0]} with ${found}`,
      {
        hint: 'check the server address of the kubeconfig, and the gateways, proxies and caches before the API server',
      },
    );
    this.name = 'NotAnApiServer';
  }
}

/** Sends a request about one object and returns the answer if it can be believed; throws as `request` and `believe`. */
export async function askObject(
  cluster: Pick<Cluster, 'request' | 'server'>,
  request: ApiRequest,
  kind?: string,
): Promise<ApiResponse> {
  const response = await cluster.request(request);
  believe(cluster, request, response, kind);
  return response;
}

/**
 * Makes sure that the answer to a request about one object is that object, as an API server sends it: its apiVersion, kind
 * and name, and its uid where it was not a dry-run. A deletion may be answered with a Status that says `Success`, and who
 * asks for the metadata only gets a PartialObjectMetadata. A refusal that decides whether an object exists (404, 409) is not
 * a page. Measured with Kubernetes 1.20 and 1.37. Throws NotAnApiServer.
 *
 * @param kind of the object; without it a create is compared with what was sent, and any kind is taken of the others
 */
export function believe(
  cluster: Pick<Cluster, 'server'>,
  request: ApiRequest,
  response: ApiResponse,
  kind?: string,
): void {
  const doubt = doubtOf(request, response, kind);
  if (doubt !== undefined) throw new NotAnApiServer(cluster, request, doubt);
}

function doubtOf(request: ApiRequest, response: ApiResponse, kind?: string): string | undefined {
  const { status, body } = response;
  if (status === 404 || status === 409) return isOwnRefusal(response) ? undefined : ofAnotherServer(status);
  if (status >= 400) return undefined;
  if (status < 200 || status > 202) return `HTTP status ${status}`;
  const head = answerHead(body);
  if (!head) return body.length === 0 ? 'an empty body' : 'a body that is not a JSON object';
  if (head.kind === 'Status') {
    const isDone = request.method === 'DELETE' && head.status === 'Success';
    return isDone ? undefined : `HTTP status ${status} and a Status that says "${shown(head.status)}"`;
  }
  const place = placeOfRequest(request.path);
  return place && doubtOfObject(request, place, head, kind);
}

function doubtOfObject(
  request: ApiRequest,
  place: RequestPlace,
  head: AnswerHead,
  kind: string | undefined,
): string | undefined {
  const sent = request.method === 'POST' ? answerHead(bytesOf(request.body)) : undefined;
  const found = `${shown(head.kind) || 'an object without a kind'} ${shown(head.name)}`.trim();
  const version = place.group === '' ? place.version : `${place.group}/${place.version}`;
  if (!(asksForMetadata(request) && isMetadataOnly(head))) {
    const wantedKind = kind ?? sent?.kind;
    if (head.kind === undefined || (wantedKind !== undefined && head.kind !== wantedKind)) return found;
    if (head.apiVersion !== version) return `${found} of ${shown(head.apiVersion) || 'no apiVersion'}`;
  }
  const name = sent ? sent.name : place.name;
  // A review is answered and not kept: it has neither a name nor a uid.
  if (name === undefined) return undefined;
  if (head.name !== name) return found;
  if (place.namespace !== undefined && head.namespace !== place.namespace) {
    return `${found} of the namespace ${shown(head.namespace)}`;
  }
  if (!head.uid && !/[?&]dryRun=/.test(request.path)) return `${found} without a uid`;
  return undefined;
}

/** Throws NotAnApiServer for a 404 that an API server does not write: what is asked for may be there all the same. */
export function believeAbsence(
  cluster: Pick<Cluster, 'server'>,
  request: Pick<ApiRequest, 'method' | 'path'>,
  response: ApiResponse,
): void {
  const { status } = response;
  if (status === 404 && !isOwnRefusal(response))
    throw new NotAnApiServer(cluster, request, ofAnotherServer(status));
}

function ofAnotherServer(status: number): string {
  return `HTTP status ${status} of another server`;
}

/** A page is not; the text is what an API server says of a path that it does not serve. */
function isOwnRefusal({ body }: ApiResponse): boolean {
  if (body.length === 0 || body.subarray(0, 40).toString('utf8').trim() === '404 page not found') return true;
  return answerHead(body) !== undefined;
}

function asksForMetadata({ accept }: ApiRequest): boolean {
  return accept?.includes('as=PartialObjectMetadata') ?? false;
}

function isMetadataOnly({ kind, apiVersion }: AnswerHead): boolean {
  return kind === 'PartialObjectMetadata' && (apiVersion?.startsWith('meta.k8s.io/') ?? false);
}

function bytesOf(body: ApiRequest['body']): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(body ?? '');
}

/** A text of the answer as a message may hold it. */
function shown(text: string | undefined): string {
  return (text ?? '').replace(/[^\x20-\x7e]/g, '?').slice(0, 80);
}
