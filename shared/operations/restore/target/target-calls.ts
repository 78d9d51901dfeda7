import {
  type ListOptions,
  listPath,
  type ResourcePath,
  withQuery,
} from '../../../platform/kubernetes/api-path';
import { askPage, mostOfPage, type PageForm } from '../../../platform/kubernetes/ask-page';
import { believe, NotAnApiServer } from '../../../platform/kubernetes/believe';
import { believeItems, believeList } from '../../../platform/kubernetes/believe-list';
import { ResponseTooLarge } from '../../../platform/kubernetes/exchange';
import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { ListProgress } from '../../../platform/kubernetes/list-progress';
import type { ApiRequest, ApiResponse, Cluster } from '../../../platform/kubernetes/port';
import { SlowAnswer, Unreachable } from '../../../platform/kubernetes/no-answer';
import { placeOfRequest, type RequestPlace } from '../../../platform/kubernetes/request-place';
import { errorOfStatus, isUnknownUser, type KubeStatus, statusOf } from '../../../platform/kubernetes/status';
import { isKind, LifeboatError, messageOf } from '../../../platform/errors';
import { isMap } from '../../../platform/input/is-map';
import { parseDocument } from '../document/document';
import { quotingNoSecret } from './secret-answers';

/** Owner of the fields that a restore sets. */
const fieldManager = 'lifeboat';

/** Only the metadata of the answer is asked for; aggregated servers that cannot do that send the whole object. */
const metadataOnly = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json;q=0.9';

const metadataList = 'PartialObjectMetadataList';

const metadataOfList =
  'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;q=0.9';

/** After so many requests in a row without an answer the API server is taken for gone. */
const silenceLimit = 48;

/** `meta.k8s.io/v1` DeleteOptions. */
export interface DeleteOptions {
  propagationPolicy: 'Background' | 'Foreground' | 'Orphan';
  /** The very object that was looked at. */
  preconditions: { uid?: string; resourceVersion?: string };
}

export interface PagesOptions extends Pick<ListOptions, 'labelSelector' | 'namespace'> {
  /** Asks for the metadata of the objects; servers that cannot do that send all of them. */
  metadataOnly?: boolean;
}

export type Answer =
  | { accepted: true; response: ApiResponse }
  /** `ambiguous`: an earlier try broke after it was sent, and may have happened. */
  | { accepted: false; status: KubeStatus; ambiguous?: boolean };

/** How a request goes out where it is not a plain read, or the restore's own merge patch or JSON. */
export interface RequestForm {
  /** Owner of the fields that a write sets. */
  manager?: string;
  contentType?: string;
  accept?: string;
  /** Of a page of a list: what is too large or too slow is then thrown. */
  page?: PageForm;
}

/** The requests of one restore: a refusal is an answer, and so is a single request that nobody answered. */
export class TargetCalls {
  #silence = 0;

  /** @param signal the lease's */
  constructor(
    private readonly cluster: Cluster,
    private readonly signal: AbortSignal,
    /** What an object at a place is; undefined where it is not known. */
    private readonly kindOf: (place: RequestPlace) => string | undefined = () => undefined,
  ) {}

  /**
   * Throws `unavailable` when the API server answers nothing any more, `denied` when it knows the credentials no
   * longer, NotAnApiServer when something else answers, and the signal's reason when the lease is lost.
   */
  async call(
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    body?: string,
    form: RequestForm = {},
  ): Promise<Answer> {
    return this.#send(method, path, body, form);
  }

  /** Deletes an object. The options are the body: an API server that finds one ignores those in the query. */
  async delete(path: string, options: DeleteOptions): Promise<Answer> {
    return this.#send('DELETE', path, JSON.stringify(options));
  }

  async #send(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: string,
    {
      manager = fieldManager,
      contentType,
      accept = method === 'GET' ? undefined : metadataOnly,
      page,
    }: RequestForm = {},
  ): Promise<Answer> {
    const request: ApiRequest = {
      method,
      path: method === 'POST' || method === 'PATCH' ? withQuery(path, { fieldManager: manager }) : path,
      body,
      contentType: contentType ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'),
      accept,
      signal: this.signal,
      ...page,
    };
    let response: ApiResponse;
    try {
      response = await this.cluster.request(request);
    } catch (error) {
      this.signal.throwIfAborted();
      if (!isKind(error, 'unavailable')) throw error;
      if (error instanceof SlowAnswer || (page?.rejectsSlow && error instanceof ResponseTooLarge))
        throw error;
      if (error instanceof Unreachable || ++this.#silence >= silenceLimit) {
        throw new LifeboatError('unavailable', `cluster "${this.cluster.name}" no longer answers`, {
          hint: 'check that its API server runs and can be reached; a restore goes on where it stopped when it is back',
          cause: error,
        });
      }
      return {
        accepted: false,
        status: { code: 503, reason: 'NoAnswer', message: messageOf(error), causes: [] },
      };
    }
    this.#silence = 0;
    const place = placeOfRequest(path);
    // A list is looked at where it is read.
    const isList = method === 'GET' && place?.name === undefined && response.status === 200;
    if (!isList) believe(this.cluster, request, response, place && this.kindOf(place));
    if (response.status >= 200 && response.status < 300) return { accepted: true, response };
    const status = quotingNoSecret(place, body, statusOf(response));
    // Nothing that follows would fare better.
    if (isUnknownUser(status)) throw errorOfStatus(status, `cluster "${this.cluster.name}"`);
    return { accepted: false, status, ambiguous: response.ambiguous };
  }

  /** Reads an object: neither field is set when it is not there, `status` when it may not be read. */
  async read(path: string): Promise<{ object?: KubeObject; status?: KubeStatus }> {
    const answer = await this.call('GET', path);
    if (answer.accepted) return { object: parseDocument(answer.response.body, path) };
    return answer.status.code === 404 ? {} : { status: answer.status };
  }

  /** The time by the API server's clock; undefined where it does not say. */
  async serverTime(): Promise<string | undefined> {
    const answer = await this.call('GET', '/version');
    const date = answer.accepted ? answer.response.headers.date : undefined;
    return typeof date === 'string' ? date : undefined;
  }

  /** What a merge patch would make of an object, which stays as it is; `status` where the patch is refused. */
  async rehearsePatch(path: string, patch: string): Promise<{ object?: KubeObject; status?: KubeStatus }> {
    const answer = await this.call('PATCH', withQuery(path, { dryRun: 'All' }), patch, {
      accept: 'application/json',
    });
    if (!answer.accepted) return { status: answer.status };
    return { object: parseDocument(answer.response.body, path) };
  }

  /** Lists the objects of a resource, page by page. `status` says that a page was refused; none comes after it. */
  async *pages(
    resource: ResourcePath,
    { metadataOnly, ...options }: PagesOptions = {},
  ): AsyncGenerator<{ objects: KubeObject[]; status?: KubeStatus }, void> {
    const progress = new ListProgress(this.cluster);
    const accept = metadataOnly ? metadataOfList : undefined;
    let most = mostOfPage;
    let next: string | undefined;
    do {
      const asked = await askPage(most, most, async (limit, form) => {
        const path = listPath(resource, { ...options, limit, continue: next });
        return { path, answer: await this.call('GET', path, undefined, { accept, page: form }) };
      });
      const { path, answer } = asked.answer;
      most = asked.most;
      if (!answer.accepted) {
        yield { objects: [], status: answer.status };
        return;
      }
      const { metadata, items, ...head } = this.#listBody(path, answer.response);
      const kind = this.kindOf(resource);
      const hasItems = items === null || Array.isArray(items);
      await believeList(
        this.cluster,
        { method: 'GET', path, accept },
        { ...resource, kind },
        { ...head, hasItems },
      );
      const objects = items ?? [];
      if (kind !== undefined && head.kind !== metadataList) {
        believeItems(this.cluster, { method: 'GET', path }, { ...resource, kind }, objects);
      }
      yield { objects };
      next = metadata?.continue || undefined;
      progress.add({ method: 'GET', path }, { length: objects.length, last: objects.at(-1)?.metadata, next });
    } while (next !== undefined);
  }

  /** The names of a resource's objects in a namespace, page by page; `status` as in `pages`. */
  async *names(
    resource: ResourcePath,
    namespace: string | undefined,
  ): AsyncGenerator<{ names: string[]; status?: KubeStatus }, void> {
    for await (const { objects, status } of this.pages(resource, { namespace, metadataOnly: true })) {
      yield { names: objects.map(({ metadata }) => metadata.name), status };
    }
  }

  #listBody(path: string, { body }: ApiResponse): ListBody {
    try {
      const list: unknown = JSON.parse(body.toString('utf8'));
      if (isMap(list)) return list;
    } catch {
      // Said below.
    }
    throw new NotAnApiServer(this.cluster, { method: 'GET', path }, 'a body that is not a JSON object');
  }

  /** All objects of a resource, of which there are few; `status` where they cannot be listed. */
  async list(
    resource: ResourcePath,
    options?: Pick<ListOptions, 'labelSelector'>,
  ): Promise<{ objects: KubeObject[]; status?: KubeStatus }> {
    const all: KubeObject[] = [];
    for await (const { objects, status } of this.pages(resource, options)) {
      if (status) return { objects: all, status };
      all.push(...objects);
    }
    return { objects: all };
  }
}

interface ListBody {
  kind?: string;
  apiVersion?: string;
  metadata?: { continue?: string };
  items?: KubeObject[] | null;
}
