import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ApiResource } from '../../../../shared/platform/kubernetes/api-resource';
import { BodyBuffers } from '../../../../shared/platform/kubernetes/body-buffers';
import {
  type ListPageOfItems,
  type ListPagesOptions,
  listPages,
} from '../../../../shared/platform/kubernetes/list';
import { listEverywhere } from '../../../../shared/platform/kubernetes/list-everywhere';
import type { Cluster } from '../../../../shared/platform/kubernetes/port';
import { type Answer, failure, json, type LoopbackApi, startLoopbackApi } from './loopback-api';

let api: LoopbackApi;
let cluster: Cluster;
beforeEach(async () => {
  api = await startLoopbackApi();
  cluster = await api.connect();
});
afterEach(() => api.close());

const pods: ApiResource = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  resource: 'pods',
  namespaced: true,
  singular: 'pod',
  shortNames: ['po'],
  verbs: [],
  subresources: [],
  preferred: true,
};
const ofPods = { kind: 'PodList', apiVersion: 'v1' };
const page = (names: string[], next?: string, remaining?: number) => ({
  ...ofPods,
  metadata: { resourceVersion: '7', ...(next ? { continue: next } : {}), remainingItemCount: remaining },
  items: names.map((name) => ({ metadata: { name } })),
});
const expired = (next: string) => failure(410, 'Expired', 'too old', { metadata: { continue: next } });

async function collect(pages: AsyncIterable<ListPageOfItems>) {
  const seen: object[] = [];
  for await (const { items, release: _, bytes: __, ...rest } of pages) {
    seen.push({ names: [...items].map((item) => JSON.parse(item.json.toString()).metadata.name), ...rest });
  }
  return seen;
}

/** Answers with these bodies one after the other; a Status body with its own code. */
function answerInTurn(bodies: object[]) {
  api.answer = (_, response, nth) => {
    const body = bodies[nth - 1] as { code?: number };
    json(response, body.code ?? 200, body);
  };
}

const list = (options?: ListPagesOptions) => listPages(cluster, pods, options);

describe('listPages', () => {
  it('follows the continue tokens, encoded, and completes the items', async () => {
    answerInTurn([page(['a', 'b'], 'x/+=&', 1), page(['c'])]);
    const items: unknown[] = [];
    for await (const each of list({ limit: 2, labelSelector: 'a in (b,c)', namespace: 'my ns' })) {
      items.push(...[...each.items].map((item) => JSON.parse(item.json.toString())));
    }
    expect(items).toEqual(
      ['a', 'b', 'c'].map((name) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name } })),
    );
    expect(api.received.map(({ url }) => url)).toEqual([
      '/api/v1/namespaces/my%20ns/pods?limit=2&labelSelector=a%20in%20(b%2Cc)',
      '/api/v1/namespaces/my%20ns/pods?limit=2&continue=x%2F%2B%3D%26&labelSelector=a%20in%20(b%2Cc)',
    ]);
  });

  it('never sends a resourceVersion: with one, limit is ignored or the list is stale', async () => {
    answerInTurn([page(['a'], 'x'), page(['b'])]);
    await collect(list());
    for (const { url } of api.received) expect(url).not.toContain('resourceVersion');
  });

  it('says what remains, and that the pages are of one moment', async () => {
    answerInTurn([page(['a'], 'x', 5), page(['b'])]);
    expect(await collect(list())).toEqual([
      { names: ['a'], remaining: 5, consistent: true, restarted: false },
      { names: ['b'], consistent: true, restarted: false },
    ]);
  });

  it('fetches the next page while the caller works on this one, and only the next', async () => {
    answerInTurn([page(['a'], 'x'), page(['b'], 'y'), page(['c'])]);
    const pages = list();
    await pages.next();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(api.received).toHaveLength(2);
    await pages.return();
  });

  it('begins anew once when its snapshot has expired', async () => {
    answerInTurn([page(['a'], 'x'), expired('i'), page(['b'], 'y'), page(['c'])]);
    expect(await collect(list())).toEqual([
      { names: ['a'], consistent: true, restarted: false },
      { names: ['b'], consistent: true, restarted: true },
      { names: ['c'], consistent: true, restarted: false },
    ]);
    expect(api.received[2]?.url).not.toContain('continue');
  });

  it('goes on with the token that the server offers when that expires as well, and says so', async () => {
    answerInTurn([
      page(['a'], 'x'),
      expired('i'),
      page(['a'], 'y'),
      expired('inconsistent'),
      page(['b'], 'z'),
      page(['c']),
    ]);
    expect(await collect(list())).toEqual([
      { names: ['a'], consistent: true, restarted: false },
      { names: ['a'], consistent: true, restarted: true },
      { names: ['b'], consistent: false, restarted: false },
      { names: ['c'], consistent: false, restarted: false },
    ]);
    expect(api.received[4]?.url).toContain('continue=inconsistent');
  });

  it('gives up with the reason when an expired list offers no token', async () => {
    answerInTurn([page(['a'], 'x'), expired('i'), page(['a'], 'y'), failure(410, 'Expired', 'too old')]);
    await expect(collect(list())).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('too old'),
    });
  });

  it('asks for smaller pages while a page is too large, and goes on from the same token', async () => {
    const limits: [string, string | null][] = [];
    const large = { metadata: { name: 'large' }, data: 'x'.repeat(100_000) };
    api.answer = ({ url }, response) => {
      const { searchParams } = new URL(url, 'https://x');
      const limit = Number(searchParams.get('limit'));
      limits.push([String(limit), searchParams.get('continue')]);
      const first = !searchParams.has('continue');
      json(response, 200, {
        ...ofPods,
        metadata: first ? { continue: 'next' } : {},
        items: first ? [{ metadata: { name: 'small' } }] : Array.from({ length: limit }, () => large),
      });
    };
    const seen = await collect(list());
    expect(seen).toHaveLength(2);
    expect(limits).toEqual([
      ['500', null],
      ['500', 'next'],
      ['125', 'next'],
    ]);
  });

  const timeout = failure(504, 'Timeout', 'Timeout: request did not complete within the allotted timeout');

  it.each<[string, Answer]>([
    ['a gateway gives up', (_, response) => json(response, 504, '<html>Gateway Time-out</html>')],
    ['the API server gives up', (_, response) => json(response, 504, timeout)],
    [
      'the API server of old gives up',
      (_, response) =>
        json(
          response,
          500,
          failure(
            500,
            'InternalError',
            'the server was unable to return a response in the time allotted, but may still be processing the request',
          ),
        ),
    ],
    [
      'etcd gives up',
      (_, response) => json(response, 500, failure(500, '', 'etcdserver: request timed out')),
    ],
    ['nothing comes', () => {}],
  ])('asks for smaller pages for the rest of a list where %s', async (_, slow) => {
    const patient = await api.connect({ timeout: 200 });
    const limits: string[] = [];
    api.answer = (received, response, nth) => {
      const { pathname, searchParams } = new URL(received.url, 'https://x');
      // Whether it is away is asked of it apart.
      if (pathname === '/version') return json(response, 200, {});
      const limit = Number(searchParams.get('limit'));
      limits.push(String(limit));
      if (limit > 50) return slow(received, response, nth);
      const at = Number(searchParams.get('continue') ?? 0);
      json(response, 200, page([`p${at}`], at < 2 ? String(at + 1) : undefined));
    };
    const seen = await collect(listPages(patient, pods, { ahead: false }));
    expect(seen).toHaveLength(3);
    expect(limits).toEqual(['500', '125', '31', '31', '31']);
  });

  it('gives a list up that is too slow for its smallest page, after three tries of that', async () => {
    const limits: string[] = [];
    api.answer = ({ url }, response) => {
      limits.push(new URL(url, 'https://x').searchParams.get('limit')!);
      json(response, 504, timeout);
    };
    await expect(collect(list())).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('allotted timeout'),
    });
    expect(limits).toEqual(['500', '125', '31', '8', '8', '8']);
  });

  it('asks for smaller pages before they are too large', async () => {
    const items = Array.from({ length: 500 }, () => ({ metadata: { name: 'a' }, data: 'x'.repeat(50_000) }));
    answerInTurn([{ ...ofPods, metadata: { continue: 'x' }, items }, page(['b'])]);
    await collect(list());
    const limit = Number(new URL(api.received[1]!.url, 'https://x').searchParams.get('limit'));
    // 25 MB were 500, and 2 MiB are wanted.
    expect(limit).toBeGreaterThan(30);
    expect(limit).toBeLessThan(50);
  });

  it('fetches a page only when it is asked for, where the caller wants that', async () => {
    answerInTurn([page(['a'], 'next'), page(['b'])]);
    const pages = list({ ahead: false });
    await pages.next();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(api.received).toHaveLength(1);
    expect((await pages.next()).value).toMatchObject({ items: { length: 1 } });
  });

  it('gives pages of one memory, each intact until it is released', async () => {
    const large = (name: string, next?: string) => ({
      ...ofPods,
      metadata: { continue: next },
      items: [{ metadata: { name }, data: name.repeat(400_000) }],
    });
    answerInTurn([large('a', '1'), large('b', '2'), large('c')]);
    const memories: ArrayBufferLike[] = [];
    for await (const { items, release } of list({ ahead: false, buffers: new BodyBuffers() })) {
      const [item] = items;
      const { metadata, data } = JSON.parse(item!.json.toString());
      expect(data).toBe(metadata.name.repeat(400_000));
      memories.push(item!.body.buffer);
      release();
    }
    expect(new Set(memories).size).toBeLessThan(3);
  });

  it('stops fetching when the caller stops', async () => {
    let closed = false;
    api.answer = (_, response, nth) => {
      if (nth === 1) return json(response, 200, page(['a'], 'x'));
      response.once('close', () => {
        closed = true;
      });
    };
    for await (const _ of list()) break;
    for (let n = 0; n < 50 && api.received.length > 1 && !closed; n++)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(closed || api.received.length === 1).toBe(true);
  });

  it.each([
    [403, 'Forbidden', 'denied'],
    [404, 'NotFound', 'not-found'],
    [400, 'BadRequest', 'invalid'],
  ])('throws on %d %s as %s, naming the resource', async (code, reason, kind) => {
    answerInTurn([failure(code, reason, 'the reason')]);
    await expect(collect(list({ namespace: 'shop' }))).rejects.toMatchObject({
      kind,
      message: 'cluster "loop": listing pods in shop: the reason',
    });
  });

  it('throws on a page that is no list', async () => {
    api.answer = (_, response) => json(response, 200, '<html>');
    await expect(collect(list())).rejects.toThrow('is not an API server');
  });
});

describe('a list that never ends', () => {
  /** Answers every page with the next token, and gives up asking for its sake after many thousand. */
  const endless = (names: (nth: number) => string[], token: (nth: number) => string) => {
    api.answer = (_, response, nth) =>
      json(response, 200, page(names(nth), nth > 20_000 ? undefined : token(nth)));
  };

  it.each([
    ['the same page with the same token', () => ['a'], () => 'x', 3],
    ['the same page with new tokens', () => ['a'], (nth: number) => `t${nth}`, 110],
    ['two pages in turns', (nth: number) => [nth % 2 ? 'a' : 'b'], (nth: number) => `t${nth}`, 110],
    ['no objects and new tokens', () => [], (nth: number) => `t${nth}`, 110],
    [
      'one new object a page',
      (nth: number) => [`n${String(nth).padStart(8, '0')}`],
      (nth: number) => `t${nth}`,
      1_200,
    ],
  ] as const)('that answers with %s ends in an error that says so', async (_, names, token, most) => {
    endless(names as (nth: number) => string[], token);
    await expect(collect(list())).rejects.toThrow(
      /answered GET \/api\/v1\/pods with a list that does not end/,
    );
    expect(api.received.length).toBeLessThanOrEqual(most);
  });

  it('of expired snapshots ends in an error as well', async () => {
    api.answer = (_, response, nth) => json(response, nth > 2_000 ? 500 : 410, expired(`t${nth}`));
    await expect(collect(list())).rejects.toMatchObject({ kind: 'unavailable' });
    expect(api.received.length).toBeLessThan(400);
  });

  it('is not a list with empty pages, an object on two pages, or many pages of few large objects', async () => {
    api.answer = (_, response, nth) => {
      if (nth > 1_500) return json(response, 200, page(['z']));
      const base = nth * 10;
      const names = Array.from({ length: nth % 50 ? 8 : 0 }, (_each, index) => `n${100_000 + base + index}`);
      json(response, 200, page(nth % 7 ? names : [`n${100_000 + base - 3}`, ...names], `t${nth}`));
    };
    const seen = await collect(list());
    expect(seen).toHaveLength(1_501);
  });
});

describe('listEverywhere', () => {
  const answerByNamespace = (allowed: string[]) => {
    api.answer = ({ url }, response) => {
      const namespace = /namespaces\/([^/]+)\//.exec(url)?.[1] ?? '*';
      if (allowed.includes(namespace)) json(response, 200, page([`in-${namespace}`]));
      else json(response, 403, failure(403, 'Forbidden'));
    };
  };

  it('lists the cluster at once where it may', async () => {
    answerByNamespace(['*']);
    expect(await collect(listEverywhere(cluster, pods, ['a', 'b']))).toMatchObject([{ names: ['in-*'] }]);
  });

  it('lists namespace by namespace where it may not, and reports those it may not list either', async () => {
    answerByNamespace(['a', 'c']);
    const denied: string[] = [];
    const pages = listEverywhere(cluster, pods, ['a', 'b', 'c'], {
      onDenied: (namespace) => denied.push(namespace),
    });
    expect(await collect(pages)).toMatchObject([
      { names: ['in-a'], namespace: 'a' },
      { names: ['in-c'], namespace: 'c' },
    ]);
    expect(denied).toEqual(['b']);
  });

  it('throws where nobody wants to be told, and for resources without namespaces', async () => {
    answerByNamespace([]);
    await expect(collect(listEverywhere(cluster, pods, ['a']))).rejects.toMatchObject({ kind: 'denied' });
    const nodes = { ...pods, resource: 'nodes', kind: 'Node', namespaced: false };
    await expect(
      collect(listEverywhere(cluster, nodes, ['a'], { onDenied: () => {} })),
    ).rejects.toMatchObject({
      kind: 'denied',
    });
  });
});
