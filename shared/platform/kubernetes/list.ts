import { isKind, LifeboatError } from '../errors';
import { listPath } from './api-path';
import { type ApiResource, apiVersion, groupResource } from './api-resource';
import { askPage, fewestOfPage, mostOfPage } from './ask-page';
import { believeAbsence, NotAnApiServer } from './believe';
import { believeList } from './believe-list';
import type { BodyBuffers } from './body-buffers';
import type { ApiRequest, ApiResponse, Cluster } from './port';
import { ListProgress } from './list-progress';
import { ListedItems } from './listed-item';
import { type SplitList, splitList } from './split-list';
import { errorOfStatus, statusOf } from './status';

/** What a list needs to know of a resource; an `ApiResource` is one. */
type ListedResource = Pick<ApiResource, 'group' | 'version' | 'kind' | 'resource' | 'namespaced'>;

export interface ListPagesOptions {
  /** Absent: all namespaces. */
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** Objects of a page at most; default 500. Pages become smaller by themselves where the objects are large or the server is slow. */
  limit?: number;
  signal?: AbortSignal;
  /** False: a page is fetched when it is asked for, for a caller that reads ahead itself. Default true. */
  ahead?: boolean;
  /** Memory of the pages; each is then the caller's until it calls `release`. */
  buffers?: BodyBuffers;
}

export interface ListPageOfItems {
  /** They share memory with each other. */
  items: ListedItems;
  /** Length of the answer. */
  bytes: number;
  /** Objects that later pages hold, where the server says so. */
  remaining?: number;
  /** False once the list is no longer of one moment: its snapshot was compacted away between two pages. */
  consistent: boolean;
  /** The pages before are void: the list begins anew, because its snapshot has expired. */
  restarted: boolean;
  /** As asked for. */
  namespace?: string;
  /** Gives the memory of the items back for later pages: none of them may be used any more. May be left out. */
  release(): void;
}

/** Pages are aimed at this size. */
const aimedBytes = 2 * 1024 * 1024;
/** How often the snapshot of one list may expire: each is kept for five minutes, and a list goes on for a day at most. */
const mostExpired = 300;

interface Page {
  asked: ApiRequest;
  response: ApiResponse;
  limit: number;
  /** What later pages may ask for. */
  most: number;
}

/**
 * Lists a resource page by page; the next page is fetched while the caller works on the one before, unless it says no. An expired
 * snapshot (410) makes the list begin anew once: that page says `restarted`, and the caller drops what it had; the
 * second time it goes on with the token that the server offers, and its pages say that they are not consistent.
 * Throws LifeboatError: `denied` on 401 and 403, `not-found` when the resource is no longer served; NotAnApiServer for a list
 * that does not come nearer to its end.
 */
export async function* listPages(
  cluster: Pick<Cluster, 'request' | 'name' | 'server'>,
  resource: ListedResource,
  options: ListPagesOptions = {},
): AsyncGenerator<ListPageOfItems, void, undefined> {
  const what = `cluster "${cluster.name}": listing ${groupResource(resource)}${options.namespace ? ` in ${options.namespace}` : ''}`;
  let most = options.limit ?? mostOfPage;
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const fetchPage = (next: string | undefined, limit: number): Promise<Page> => {
    const page = readPage(cluster, resource, options, next, { limit, most }, signal);
    // It is awaited later; until then a rejection must not count as unhandled.
    page.catch(() => {});
    return page;
  };

  const progress = new ListProgress(cluster);
  let restarts = 0;
  let consistent = true;
  let restarted = false;
  let pending = fetchPage(undefined, most);
  try {
    for (;;) {
      const { asked, response, limit, ...found } = await pending;
      most = found.most;
      if (response.status === 410) {
        const status = statusOf(response);
        if (restarts === 0) {
          restarts = 1;
          restarted = true;
          progress.restart();
          pending = fetchPage(undefined, limit);
        } else if (status.continue && restarts < mostExpired) {
          restarts += 1;
          consistent = false;
          pending = fetchPage(status.continue, limit);
        } else {
          throw errorOfStatus(status, what);
        }
        continue;
      }
      if (response.status < 400 && response.status !== 200) {
        throw new NotAnApiServer(cluster, asked, `HTTP status ${response.status}`);
      }
      believeAbsence(cluster, asked, response);
      if (response.status !== 200) throw errorOfStatus(statusOf(response), what);
      const page = splitPage(cluster, asked, response);
      await believeList(cluster, asked, resource, page);
      const items = new ListedItems(response.body, page.items, apiVersion(resource), resource.kind);
      const next = page.continue;
      progress.add(asked, { length: items.length, last: items.last, next });
      const fitting = nextLimit(response.body.length, items.length, most);
      if (next && options.ahead !== false) pending = fetchPage(next, fitting);
      yield {
        items,
        bytes: response.body.length,
        release: () => options.buffers?.give(response.body),
        ...(page.remainingItemCount === undefined ? {} : { remaining: page.remainingItemCount }),
        consistent,
        restarted,
        ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
      };
      restarted = false;
      if (!next) return;
      if (options.ahead === false) pending = fetchPage(next, fitting);
    }
  } finally {
    // A caller that stops early does not want the page that is on its way.
    stop.abort(new LifeboatError('unavailable', `${what}: no longer wanted`));
  }
}

/** Cuts a page; what cannot be cut was not written by an API server. */
function splitPage(cluster: Pick<Cluster, 'server'>, asked: ApiRequest, { body }: ApiResponse): SplitList {
  try {
    return splitList(body);
  } catch (error) {
    if (!isKind(error, 'corrupt')) throw error;
    throw new NotAnApiServer(cluster, asked, 'a body that is not a JSON object');
  }
}

async function readPage(
  cluster: Pick<Cluster, 'request'>,
  resource: ListedResource,
  options: ListPagesOptions,
  next: string | undefined,
  at: { limit: number; most: number },
  signal: AbortSignal,
): Promise<Page> {
  const { namespace, labelSelector, fieldSelector, buffers } = options;
  const { answer, ...page } = await askPage(at.limit, at.most, async (limit, form) => {
    const path = listPath(resource, { namespace, labelSelector, fieldSelector, limit, continue: next });
    const asked: ApiRequest = { method: 'GET', path, signal, buffers, ...form };
    return { asked, response: await cluster.request(asked) };
  });
  return { ...answer, ...page };
}

function nextLimit(bytes: number, items: number, most: number): number {
  if (items === 0) return most;
  return Math.min(most, Math.max(fewestOfPage, Math.floor((aimedBytes * items) / bytes)));
}
