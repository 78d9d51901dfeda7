import { staleName } from '../../../../shared/platform/kubernetes/api-resource';
import { describe, expect, it } from '@jest/globals';
import { believe } from '../../../../shared/platform/kubernetes/believe';
import { discover } from '../../../../shared/platform/kubernetes/discovery';
import { ResponseTooLarge } from '../../../../shared/platform/kubernetes/exchange';
import { listPages } from '../../../../shared/platform/kubernetes/list';
import type { ApiRequest } from '../../../../shared/platform/kubernetes/port';
import { answer, scripted } from './scripted-cluster';

const server = { server: 'https://10.0.0.1:6443' };
const maps = '/api/v1/namespaces/shop/configmaps';
const metadata = { name: 'a', namespace: 'shop', uid: 'u' };
const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata };
const accept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json;q=0.9';
const text = (body: string, status = 200) => ({ ...answer(status), body: Buffer.from(body) });
const status = (result: string) => ({ kind: 'Status', apiVersion: 'v1', status: result });
const notAnApiServer = /^what answers at https:\/\/10\.0\.0\.1:6443 is not an API server: /;

const requests: Record<string, ApiRequest> = {
  create: { method: 'POST', path: maps, body: JSON.stringify(map), accept },
  read: { method: 'GET', path: `${maps}/a` },
  patch: { method: 'PATCH', path: `${maps}/a`, body: '{}', accept },
  delete: { method: 'DELETE', path: `${maps}/a`, accept },
};

describe('an answer about one object', () => {
  const wrong: [string, ReturnType<typeof answer>][] = [
    ['a login page', text('<!doctype html><html><body>Log in</body></html>')],
    ['an empty body', text('')],
    ['an empty object', answer(200, {})],
    ['an error without a kind', answer(200, { error: 'down' })],
    ['a Status that says Failure', answer(200, status('Failure'))],
    ['another kind', answer(200, { ...map, kind: 'Secret' })],
    ['another group', answer(200, { ...map, apiVersion: 'apps/v1' })],
    ['another name', answer(200, { ...map, metadata: { ...metadata, name: 'b' } })],
    ['another namespace', answer(200, { ...map, metadata: { ...metadata, namespace: 'b' } })],
    ['no uid', answer(200, { ...map, metadata: { name: 'a', namespace: 'shop' } })],
    ['a list', answer(200, { apiVersion: 'v1', kind: 'ConfigMapList', metadata: {}, items: [map] })],
    ['truncated JSON', text(JSON.stringify(map).slice(0, -3))],
    ['more than one object', text(`${JSON.stringify(map)}${JSON.stringify(map)}`)],
    ['an event of a watch', answer(200, { type: 'BOOKMARK', object: map })],
    ['no content', text('', 204)],
    ['a redirect', text('', 302)],
    ['a page that says not found', text('<html>nothing here</html>', 404)],
  ];

  for (const [name, request] of Object.entries(requests)) {
    it.each(wrong)(`to a ${name} is not believed when it is %s`, (_, response) => {
      expect(() => believe(server, request, response, 'ConfigMap')).toThrow(notAnApiServer);
    });

    it(`to a ${name} is believed when it is the object`, () => {
      expect(() => believe(server, request, answer(200, map), 'ConfigMap')).not.toThrow();
    });
  }

  it('is a PartialObjectMetadata only where the metadata was asked for', () => {
    const partial = answer(200, { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', metadata });
    for (const name of ['create', 'patch', 'delete']) {
      expect(() => believe(server, requests[name]!, partial, 'ConfigMap')).not.toThrow();
    }
    expect(() => believe(server, requests.read!, partial, 'ConfigMap')).toThrow(notAnApiServer);
  });

  it('is a Status that says Success only for a deletion', () => {
    const done = answer(200, status('Success'));
    expect(() => believe(server, requests.delete!, done)).not.toThrow();
    for (const name of ['create', 'read', 'patch']) {
      expect(() => believe(server, requests[name]!, done)).toThrow(notAnApiServer);
    }
  });

  it('needs no uid for a dry-run, but its kind and name', () => {
    const request = { ...requests.create!, path: `${maps}?dryRun=All` };
    const dry = { ...map, metadata: { name: 'a', namespace: 'shop' } };
    expect(() => believe(server, request, answer(201, dry))).not.toThrow();
    expect(() => believe(server, request, answer(201, { ...dry, kind: 'Secret' }))).toThrow(notAnApiServer);
  });

  it('is never quoted in the error', () => {
    const secret = text('{"data":{"password":"c2VjcmV0"}}');
    expect(() => believe(server, requests.read!, secret)).toThrow(expect.not.stringContaining('c2VjcmV0'));
  });
});

describe('a list', () => {
  const secrets = {
    group: '',
    version: 'v1',
    kind: 'Secret',
    resource: 'secrets',
    namespaced: true,
  };
  const read = async (response: ReturnType<typeof answer>, resource = secrets, definition = answer(404)) => {
    const { cluster } = scripted(({ path }) =>
      path.includes('customresourcedefinitions') ? definition : response,
    );
    let names = 0;
    for await (const { items } of listPages(cluster, resource)) names += items.length;
    return names;
  };
  const list = { apiVersion: 'v1', kind: 'SecretList', metadata: {}, items: [{ metadata: { name: 'a' } }] };

  it.each([
    ['a login page', text('<html></html>')],
    ['an empty body', text('')],
    ['an empty object', answer(200, {})],
    ['an error', answer(200, { error: 'down' })],
    ['a Status', answer(200, status('Failure'))],
    ['a list of another kind', answer(200, { ...list, kind: 'ConfigMapList' })],
    ['a list of another group', answer(200, { ...list, apiVersion: 'apps/v1' })],
    ['a list without items', answer(200, { ...list, items: undefined })],
    ['a list whose items are an object', answer(200, { ...list, items: {} })],
    ['one object', answer(200, { ...list, kind: 'Secret' })],
    ['truncated JSON', text(JSON.stringify(list).slice(0, -1))],
    ['no content', text('', 204)],
    ['a redirect', text('', 302)],
  ])('is not believed when it is %s', async (_, response) => {
    await expect(read(response)).rejects.toThrow(notAnApiServer);
  });

  it('is believed when it is of its kind, also where it is empty', async () => {
    expect(await read(answer(200, list))).toBe(1);
    expect(await read(answer(200, { ...list, items: null }))).toBe(0);
  });

  it('has the name that its definition gives it', async () => {
    const gadgets = { ...secrets, group: 'example.com', kind: 'Gadget', resource: 'gadgets' };
    const response = answer(200, { ...list, apiVersion: 'example.com/v1', kind: 'Gadgetry' });
    const definition = (listKind: string) =>
      answer(200, { kind: 'CustomResourceDefinition', spec: { names: { listKind } } });
    expect(await read(response, gadgets, definition('Gadgetry'))).toBe(1);
    await expect(read(response, gadgets, definition('GadgetList'))).rejects.toThrow(notAnApiServer);
  });
});

describe('a discovery', () => {
  const pods = {
    resource: 'pods',
    responseKind: { kind: 'Pod' },
    scope: 'Namespaced',
    verbs: ['list', 'create', 'get', 'delete'],
  };
  const group = (name: string) => ({ metadata: { name }, versions: [{ version: 'v1', resources: [pods] }] });
  const groups = (...items: object[]) => answer(200, { kind: 'APIGroupDiscoveryList', items });
  const version = answer(200, { gitVersion: 'v1.37.2', major: '1', minor: '37' });
  const from = (answers: Record<string, ReturnType<typeof answer>>) =>
    discover(scripted(({ path }) => answers[path] ?? answer(404)).cluster);
  const whole = { '/version': version, '/api': groups(group('')), '/apis': groups(group('apps')) };

  it('is read by the kind of its body, whatever the Content-Type has lost', async () => {
    const { resources } = await from(whole);
    expect(resources.map((one) => one.group)).toEqual(['', 'apps']);
  });

  it.each([
    ['without the core group', { '/api': groups() }],
    ['with an empty core group', { '/api': groups({ metadata: {}, versions: [{ version: 'v1' }] }) }],
    ['without groups', { '/apis': groups() }],
    ['in its old form without groups', { '/apis': answer(200, { kind: 'APIGroupList', groups: null }) }],
    [
      'with a page for one of its own groups',
      {
        '/apis': answer(200, {
          kind: 'APIGroupList',
          groups: [{ name: 'apps', versions: [{ groupVersion: 'apps/v1', version: 'v1' }] }],
        }),
        '/apis/apps/v1': text('<html></html>'),
      },
    ],
    ['whose groups are an object', { '/apis': answer(200, { kind: 'APIGroupDiscoveryList', items: {} }) }],
    ['with a page for its groups', { '/apis': text('<html></html>') }],
    ['with an empty object for its core group', { '/api': answer(200, {}) }],
    ['with a Status for its groups', { '/apis': answer(200, status('Failure')) }],
    ['with a version that is not one', { '/version': answer(200, {}) }],
    ['with a redirect for its groups', { '/apis': text('', 302) }],
    [
      'in its old form with the resources of another group',
      {
        '/api': answer(200, { kind: 'APIVersions', versions: ['v1'] }),
        '/api/v1': answer(200, { kind: 'APIResourceList', groupVersion: 'apps/v1', resources: [] }),
      },
    ],
    [
      'that names more versions than anyone can ask for',
      {
        '/api': answer(200, {
          kind: 'APIVersions',
          versions: Array.from({ length: 100_000 }, (_, index) => `v${index}`),
        }),
      },
    ],
    [
      'that names more resources than anyone can list',
      { '/apis': groups(...Array.from({ length: 50_000 }, (_, index) => group(`g${index}.example.com`))) },
    ],
  ])('is not believed %s', async (_, changed) => {
    await expect(from({ ...whole, ...changed })).rejects.toThrow(notAnApiServer);
  });

  it('takes null for any list, as Go writes an empty one', async () => {
    const nulls = { ...pods, resource: 'nulls', shortNames: null, subresources: null };
    const versions = [{ version: 'v1', resources: [nulls, { ...pods, verbs: null }] }];
    const empty = [
      { metadata: { name: 'a.example.com' }, versions: [{ version: 'v1', resources: null }] },
      { metadata: { name: 'b.example.com' }, versions: null },
    ];
    const apis = groups({ metadata: { name: 'apps' }, versions }, ...empty);
    const { resources, stale } = await from({ ...whole, '/apis': apis });
    expect(resources.map((one) => one.resource)).toEqual(['pods', 'nulls']);
    expect(stale).toEqual([]);
  });

  it('takes null for any list in its old form, too', async () => {
    const listed = { name: 'pods', kind: 'Pod', namespaced: true, verbs: pods.verbs, shortNames: null };
    const list = (groupVersion: string, resources: unknown) =>
      answer(200, { kind: 'APIResourceList', groupVersion, resources });
    const named = [
      { name: 'apps', versions: [{ version: 'v1' }], preferredVersion: null },
      { name: 'a.example.com', versions: [{ version: 'v1' }] },
      { name: 'b.example.com', versions: null },
    ];
    const { resources, stale } = await from({
      '/version': version,
      '/api': answer(200, { kind: 'APIVersions', versions: ['v1'] }),
      '/api/v1': list('v1', [listed]),
      '/apis': answer(200, { kind: 'APIGroupList', groups: named }),
      '/apis/apps/v1': list('apps/v1', [listed, { ...listed, name: 'odd', verbs: null }]),
      '/apis/a.example.com/v1': list('a.example.com/v1', null),
    });
    expect(resources.map((one) => `${one.group}/${one.resource}`)).toEqual(['/pods', 'apps/pods']);
    expect(stale).toEqual([]);
  });

  it('has a group that cannot be read as stale, and goes on', async () => {
    const odd = [
      { metadata: { name: 'a.example.com' }, versions: [{ version: 'v1', resources: {} }] },
      { metadata: { name: 'b.example.com' }, versions: 'v1' },
      {
        metadata: { name: 'c.example.com' },
        versions: [{ version: 'v1', resources: [{ ...pods, verbs: 'get' }] }],
      },
      'odd',
    ];
    const { resources, stale } = await from({
      ...whole,
      '/apis': groups(group('apps'), ...(odd as object[])),
    });
    expect(resources.map((one) => one.group)).toEqual(['', 'apps']);
    expect(stale.map(staleName)).toEqual([
      'a.example.com/v1',
      'b.example.com',
      'c.example.com/v1',
      'without a name',
    ]);
  });

  it.each([
    ['a page', text('<html></html>')],
    ['the resources of another group', answer(200, { kind: 'APIResourceList', groupVersion: 'apps/v1' })],
    ['another document', answer(200, { kind: 'Pod' })],
    [
      'resources that are no list',
      answer(200, { kind: 'APIResourceList', groupVersion: 'a.example.com/v1', resources: {} }),
    ],
    [
      'a resource without a kind',
      answer(200, { kind: 'APIResourceList', groupVersion: 'a.example.com/v1', resources: [{ name: 'a' }] }),
    ],
  ])('has an aggregated group that answers with %s in the old form as stale', async (_, answered) => {
    const { resources, stale } = await from({
      ...whole,
      '/apis': answer(200, {
        kind: 'APIGroupList',
        groups: [
          { name: 'a.example.com', versions: [{ version: 'v1' }] },
          { name: 'b.example.com', versions: {} },
        ],
      }),
      '/apis/a.example.com/v1': answered,
    });
    expect(resources.map((one) => one.group)).toEqual(['']);
    expect(stale.map(staleName)).toEqual(['a.example.com/v1', 'b.example.com']);
  });

  it('is not believed where a document of it does not end', async () => {
    const { cluster, asked } = scripted(({ path, maxBytes }) => {
      if (path !== '/apis') return whole[path as keyof typeof whole] ?? answer(404);
      throw new ResponseTooLarge(`GET ${path}`, maxBytes!);
    });
    await expect(discover(cluster)).rejects.toThrow(notAnApiServer);
    await expect(discover(cluster)).rejects.toThrow(`more than ${32 << 20} bytes`);
    // Once more in the old form, where no group swells the answer of the others.
    expect(asked).toHaveLength(8);
  });

  it('has a group whose documents do not end as stale, and goes on', async () => {
    const large = Array.from({ length: 6_000 }, (_, index) => ({ ...pods, resource: `pods${index}` }));
    const wide = { metadata: { name: 'wide.example.com' }, versions: [{ version: 'v1', resources: large }] };
    const seen = await from({ ...whole, '/apis': groups(group('apps'), wide) });
    expect(seen.resources.map((one) => one.group)).toEqual(['', 'apps']);
    expect(seen.stale.map(staleName)).toEqual(['wide.example.com/v1']);

    const named = {
      kind: 'APIGroupList',
      groups: [{ name: 'wide.example.com', versions: [{ version: 'v1' }] }],
    };
    const { cluster } = scripted(({ path, accept, maxBytes }) => {
      if (path === '/apis' && !accept?.includes('apidiscovery')) return answer(200, named);
      if (!path.startsWith('/apis')) return whole[path as keyof typeof whole] ?? answer(404);
      throw new ResponseTooLarge(`GET ${path}`, maxBytes!);
    });
    expect((await discover(cluster)).stale.map(staleName)).toEqual(['wide.example.com/v1']);
  });

  it('fails when the core group does not answer', async () => {
    const api = answer(200, { kind: 'APIVersions', versions: ['v1'] });
    await expect(from({ ...whole, '/api': api, '/api/v1': answer(503) })).rejects.toMatchObject({
      kind: 'unavailable',
    });
  });
});
