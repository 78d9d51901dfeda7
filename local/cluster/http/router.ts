import type { Answer, ApiCall } from './api-call';
import { type DiscoveryDocuments, type StaleGroupVersion, unavailable } from './discovery';
import { listAnswer } from './list-answer';
import type { ObjectApi } from '../objects/object-api';
import { type RequestTarget, type ResourceTarget, readRequestPath } from './request-path';
import type { ResourceAttributes } from '../access/authorization';
import { refusedPath, refusedResource } from '../access/refusals';
import type { User } from '../access/user';
import { type Access, reviewAnswer } from './reviews';
import type { ServedResource } from '../kinds/served-resource';
import type { ServedResources } from '../kinds/served-resources';
import * as refuse from './status-error';
import type { Storage } from '../objects/storage';

/** A request as it came in, read to its end. */
export interface IncomingCall {
  user: User;
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

export type Routed = { answer: Answer } | { watch: ApiCall };

/** Finds what a request is for and has it done. Watches are handed back, since they go on. */
export class Router {
  constructor(
    private readonly context: {
      served: ServedResources;
      storage: Storage;
      api: ObjectApi;
      discovery: DiscoveryDocuments;
      stale: () => StaleGroupVersion[];
      version: Record<string, string>;
      access: Access;
    },
  ) {}

  route(call: IncomingCall): Routed {
    const target = readRequestPath(call.path);
    this.#authorize(call, target);
    if (!target) return { answer: nowhere() };
    if (target.type === 'resource') return this.#resource(call, target);
    if (call.method !== 'GET') throw refuse.methodNotAllowed();
    return { answer: this.#document(call, target) };
  }

  #authorize({ user, method, path, query }: IncomingCall, target: RequestTarget | undefined): void {
    const { authorization } = this.context.access;
    if (target?.type !== 'resource') {
      if (!authorization.allowsPath(user, verbOfPath(method), path)) {
        throw refusedPath(user.username, verbOfPath(method), path);
      }
      return;
    }
    const wanted = attributesOf(target, verbOf(method, target, query));
    if (!authorization.allows(user, wanted)) throw refusedResource(user.username, wanted);
  }

  #document(call: IncomingCall, target: Exclude<RequestTarget, ResourceTarget>): Answer {
    const { discovery, version } = this.context;
    if (target.type === 'group-version') return discovery.groupVersion(target.group, target.version);
    const accept = String(call.headers.accept ?? '');
    const { path } = target;
    if (path === '/api' || path === '/apis') return discovery.root(path, accept);
    if (path.startsWith('/apis/')) return discovery.group(path.slice('/apis/'.length));
    if (path === '/version') return { status: 200, body: JSON.stringify(version, null, 2) };
    if (/^\/(healthz|readyz|livez)$/.test(path))
      return { status: 200, contentType: 'text/plain', body: 'ok' };
    // kubectl looks here before it sends anything.
    if (path === '/openapi/v3') return { status: 200, body: '{"paths":{}}' };
    return nowhere();
  }

  #resource(call: IncomingCall, target: ResourceTarget): Routed {
    const { served, stale, storage, api } = this.context;
    const { group, version } = target;
    const resource = served.find(group, version, target.resource);
    if (stale().some((each) => each.group === group && each.version === version))
      return { answer: unavailable() };
    if (!resource) {
      if (served.servesGroupVersion(group, version)) throw refuse.noSuchResource();
      return { answer: nowhere() };
    }
    if (target.namespace !== '' && !resource.namespaced) throw refuse.noSuchResource();
    if (target.name !== '' && resource.namespaced && target.namespace === '') throw refuse.noSuchResource();
    const apiCall: ApiCall = {
      method: call.method,
      resource,
      namespace: target.namespace,
      name: target.name,
      subresource: target.subresource,
      query: call.query,
      body: call.body,
      contentType: mediaType(call.headers['content-type']),
      manager:
        call.query.get('fieldManager') ??
        (String(call.headers['user-agent'] ?? '').split('/')[0] || 'unknown'),
    };
    const verb = verbOf(call.method, target, call.query);
    if (verb === 'watch') return { watch: apiCall };
    checkVerb(resource, target, verb);
    if (!isPlayed(target.subresource)) throw notPlayed(resource, target.subresource);
    switch (verb) {
      case 'list':
        return { answer: listAnswer(storage, apiCall) };
      case 'get':
        return { answer: api.get(apiCall) };
      case 'create':
        checkBodyType(apiCall);
        return { answer: reviewAnswer(apiCall, call.user, this.context.access) ?? api.create(apiCall) };
      case 'update':
        checkBodyType(apiCall);
        return { answer: api.update(apiCall) };
      case 'patch':
        return { answer: api.patch(apiCall) };
      case 'delete':
        return { answer: api.delete(apiCall) };
      default:
        return { answer: api.deleteCollection(apiCall) };
    }
  }
}

function verbOf(method: string, target: ResourceTarget, query: URLSearchParams): string {
  switch (method) {
    case 'GET':
      if (target.name) return 'get';
      return isTrue(query.get('watch')) ? 'watch' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return target.name ? 'delete' : 'deletecollection';
    default:
      throw refuse.methodNotAllowed();
  }
}

/** Of a request for no resource the verb is its method. */
const verbOfPath = (method: string) => method.toLowerCase();

/** A namespace lies in itself, for roles in it. */
function attributesOf({ group, resource, ...target }: ResourceTarget, verb: string): ResourceAttributes {
  const isNamespace = group === '' && resource === 'namespaces';
  const namespace = isNamespace ? target.name : target.namespace;
  return { verb, group, resource, subresource: target.subresource, namespace, name: target.name };
}

function checkVerb(resource: ServedResource, target: ResourceTarget, verb: string): void {
  if (target.subresource) {
    const subresource = resource.subresources.find((each) => each.name === target.subresource);
    if (!subresource) throw refuse.noSuchResource();
    if (!subresource.verbs.includes(verb)) throw refuse.methodNotAllowed();
    return;
  }
  if (verb === 'update' && target.name === '') {
    throw refuse.badRequest(
      `the name of the object (${target.name} based on URL) was undeterminable: name must be provided`,
    );
  }
  const misplaced =
    (verb === 'create' && target.name !== '') ||
    (resource.namespaced && target.namespace === '' && (verb === 'create' || verb === 'deletecollection'));
  const nameless = target.name === '' && verb === 'patch';
  if (misplaced || nameless || !resource.verbs.includes(verb)) throw refuse.methodNotAllowed();
}

const isPlayed = (subresource: string) => ['', 'status', 'scale', 'finalize'].includes(subresource);

/** Says what it is rather than pretending: nothing runs in the pods of a sandbox. */
function notPlayed(resource: ServedResource, subresource: string): refuse.StatusError {
  return new refuse.StatusError(
    501,
    'NotImplemented',
    `the sandbox cluster does not play ${resource.resource}/${subresource}`,
  );
}

function checkBodyType(call: ApiCall): void {
  if (['application/json', 'application/yaml', ''].includes(call.contentType)) return;
  throw refuse.unsupportedMediaType(
    'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml',
  );
}

const mediaType = (header: string | string[] | undefined) =>
  String(header ?? '')
    .split(';')[0]!
    .trim();
const isTrue = (value: string | null) => value === 'true' || value === '1';
const nowhere = (): Answer => ({ status: 404, contentType: 'text/plain', body: '404 page not found\n' });
