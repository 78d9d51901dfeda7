import { groupResource } from '../../../platform/kubernetes/api-resource';
import { askObject } from '../../../platform/kubernetes/believe';
import { dryRunsOnly } from '../../../platform/kubernetes/dry-runs-only';
import type { ApiRequest, ApiResponse, Cluster, DiscoverOptions } from '../../../platform/kubernetes/port';
import { type KubeStatus, statusOf } from '../../../platform/kubernetes/status';
import { parseDocument, serializeDocument } from '../document/document';
import { alreadyExists, answer, notFound } from './answers';
import { MadeObjects } from './made-objects';
import { placeOfRequest, type RequestPlace } from '../../../platform/kubernetes/request-place';

/** Every cluster has it: an object whose namespace is not there yet is checked here. */
const anyNamespace = 'default';

/**
 * A cluster that is asked everything and changed by nothing: each write goes out as a server-side dry-run, and what it would
 * have made is remembered, so that the steps after it find it. A restore into it is the plan of a restore: the same code
 * decides, and it reaches the API server only through `dryRunsOnly`.
 *
 * What would lie in a namespace that is not there yet is checked in `default`, where only what is wrong with the object itself
 * counts; an object of a kind that is not served yet cannot be checked.
 */
export class RehearsedCluster implements Cluster {
  readonly name: string;
  readonly server: string;
  readonly made = new MadeObjects();
  /** All that a rehearsal can reach of the API server. */
  readonly #real: Cluster;
  #uids = 0;

  /** @param labels those of the restore: by them it knows what it has made itself */
  constructor(
    real: Cluster,
    private readonly labels: Record<string, string>,
  ) {
    this.#real = dryRunsOnly(real);
    this.name = real.name;
    this.server = real.server;
  }

  async discover(options?: DiscoverOptions): ReturnType<Cluster['discover']> {
    const discovery = await this.#real.discover(options);
    const there = new Set(discovery.resources.map(groupResource));
    const made = this.made.resources.filter((one) => !there.has(groupResource(one)));
    return { ...discovery, resources: [...discovery.resources, ...made] };
  }

  /** The real cluster is not the rehearsal's to close. */
  close(): void {}

  async request(request: ApiRequest): Promise<ApiResponse> {
    const place = placeOfRequest(request.path);
    if (!place) return this.#real.request(request);
    if (request.method === 'GET') return this.#get(request, place);
    if (isCreate(request, place)) return this.#create(request, place);
    const { name } = place;
    if (name !== undefined && this.made.has(place)) return this.#imagined(place);
    if (name !== undefined && this.made.gone(place)) return notFound(place.resource, name);
    const isImagined = name !== undefined && this.#isDefaultAccount(place, name);
    const response = isImagined ? this.#imagined(place) : await this.#real.request(request);
    if (request.method === 'DELETE' && isAccepted(response)) this.made.delete(place);
    // Who asks what a change would make of an object is told that it is not known.
    const wantsObject = !request.accept?.includes('as=PartialObjectMetadata') && request.method === 'PATCH';
    return refusesDryRun(response) && !wantsObject ? this.#imagined(place) : response;
  }

  /** Whether the API server could look at an object of this kind in this namespace as it would be. */
  checks(resource: string, group: string, namespace: string | undefined): boolean {
    return !this.made.hasNamespace(namespace) && !this.made.serves(group, resource);
  }

  async #get(request: ApiRequest, place: RequestPlace): Promise<ApiResponse> {
    const { name } = place;
    if (name === undefined) return this.#real.request(request);
    if (this.made.has(place)) return answer(200, this.#madeObject(place));
    if (this.made.gone(place)) return notFound(place.resource, name);
    // A controller makes it in every new namespace, before anything is restored into it.
    if (this.#isDefaultAccount(place, name)) return answer(200, this.#bareAccount(place));
    return this.#real.request(request);
  }

  async #create(request: ApiRequest, place: RequestPlace): Promise<ApiResponse> {
    const object = parseDocument(Buffer.from(request.body ?? ''), place.resource);
    const { name } = object.metadata;
    if (this.made.has(place, name) || this.#isDefaultAccount(place, name)) {
      return alreadyExists(place.resource, name);
    }
    const accept = (response?: ApiResponse) => {
      this.made.make(place, name, object as Record<string, unknown>);
      return response ?? answer(201, this.#madeObject({ ...place, name }));
    };
    if (this.made.serves(place.group, place.resource)) return accept();
    if (this.made.hasNamespace(place.namespace)) {
      const { path, body } = elsewhere(request.path, place, object);
      const response = await askObject(this.#real, { ...request, path, body });
      return isWrongInItself(response) ? response : accept();
    }
    const response = await this.#real.request(request);
    if (isAccepted(response)) return accept(response);
    const status = statusOf(response);
    // The object that this one is to replace stands in its place still; it was looked at all the same.
    if (this.made.gone(place, name) && status.code === 409) return accept();
    if (refusesDryRun(response) || this.#wouldBeThere(status)) return accept();
    return response;
  }

  /** Whether a request was refused for want of something that the restore makes. */
  #wouldBeThere({ code, message }: KubeStatus): boolean {
    if (code === 404) {
      const [, resource = '', name = ''] =
        /([a-z0-9-]+)(?:\.[a-z0-9.-]+)? "([^"]+)" not found/.exec(message) ?? [];
      // The API server's own look-ups name the kind: `role.rbac.authorization.k8s.io "web" not found`.
      return this.made.hasNamed(resource, name) || this.made.hasNamed(`${resource}s`, name);
    }
    if (code !== 403) return false;
    const account = /error looking up service account [^/\s]+\/([^:\s]+)/.exec(message)?.[1];
    if (account !== undefined) return this.made.hasNamed('serviceaccounts', account);
    const priority = /no PriorityClass with name (\S+) was found/.exec(message)?.[1];
    return priority !== undefined && this.made.hasNamed('priorityclasses', priority);
  }

  /** The account of a namespace that is there only in the rehearsal, until the restore deletes it. */
  #isDefaultAccount(place: RequestPlace, name: string): boolean {
    return (
      place.group === '' &&
      place.resource === 'serviceaccounts' &&
      name === 'default' &&
      this.made.hasNamespace(place.namespace) &&
      !this.made.gone(place, name)
    );
  }

  #bareAccount({ namespace }: RequestPlace): unknown {
    const metadata = { name: 'default', namespace, uid: this.#newUid() };
    return { apiVersion: 'v1', kind: 'ServiceAccount', metadata };
  }

  /** What an API server answers to a change of an object; only the metadata where its kind is not known. */
  #imagined(place: RequestPlace): ApiResponse {
    const { group, version, namespace, name } = place;
    const metadata = { name, namespace, uid: this.#newUid() };
    const kind = this.#isDefaultAccount(place, name!) ? 'ServiceAccount' : this.made.kindOf(place);
    if (kind)
      return answer(200, { apiVersion: group === '' ? version : `${group}/${version}`, kind, metadata });
    return answer(200, { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata });
  }

  #newUid(): string {
    return `rehearsed-${++this.#uids}`;
  }

  #madeObject(place: RequestPlace): unknown {
    const { group, version, namespace, name } = place;
    const metadata = { name, namespace, labels: this.labels, uid: this.#newUid() };
    const body = this.made.body(place);
    const apiVersion = group === '' ? version : `${group}/${version}`;
    if (!body) return { apiVersion, kind: this.made.kindOf(place), metadata };
    const conditions = ['Established', 'NamesAccepted'].map((type) => ({ type, status: 'True' }));
    return {
      ...body,
      apiVersion,
      metadata: { ...(body.metadata as object), ...metadata },
      status: { conditions },
    };
  }
}

/** A restore creates by a POST, or by an apply that is refused where the object exists (apply/create/send-create.ts). */
function isCreate({ method, contentType }: ApiRequest, { name }: RequestPlace): boolean {
  if (method === 'POST') return name === undefined;
  return method === 'PATCH' && contentType === 'application/apply-patch+yaml';
}

function isAccepted({ status }: ApiResponse): boolean {
  return status >= 200 && status < 300;
}

/** Of what the API server says of an object in another namespace, only what no namespace would change. */
function isWrongInItself(response: ApiResponse): boolean {
  return (response.status === 422 || response.status === 400) && !refusesDryRun(response);
}

/** A webhook that does not say that it may be asked without effect is not asked: what it would say is not known. */
function refusesDryRun(response: ApiResponse): boolean {
  return response.status === 400 && /does not support dry run/.test(statusOf(response).message);
}

function elsewhere(
  path: string,
  { namespace }: RequestPlace,
  object: ReturnType<typeof parseDocument>,
): { path: string; body: string } {
  const segment = `/namespaces/${encodeURIComponent(namespace!)}/`;
  return {
    path: path.replace(segment, `/namespaces/${anyNamespace}/`),
    body: serializeDocument({ ...object, metadata: { ...object.metadata, namespace: anyNamespace } }),
  };
}
