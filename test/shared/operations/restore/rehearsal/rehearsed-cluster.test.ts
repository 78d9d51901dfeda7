import { describe, expect, it } from '@jest/globals';
import type { ApiRequest, ApiResponse, Cluster } from '../../../../../shared/platform/kubernetes/port';
import { RehearsedCluster } from '../../../../../shared/operations/restore/rehearsal/rehearsed-cluster';
import { definition } from './random-world';

const json = (status: number, body: object): ApiResponse => ({
  status,
  headers: {},
  body: Buffer.from(JSON.stringify(body)),
  ambiguous: false,
});
const refusal = (code: number, message: string, reason = 'Invalid') =>
  json(code, { kind: 'Status', code, reason, message });

/** The answer of an API server to a create. */
const made = ({ body }: ApiRequest) => {
  const object = JSON.parse(String(body));
  return json(201, { ...object, metadata: { ...object.metadata, uid: 'u' } });
};

/** A rehearsal on a cluster that answers what `answer` says, and everything that was sent to it. */
function rehearsal(answer: (request: ApiRequest) => ApiResponse) {
  const sent: ApiRequest[] = [];
  const real: Cluster = {
    name: 'target',
    server: 'https://target',
    discover: async () => ({
      resources: [],
      stale: [],
      serverVersion: { gitVersion: '', major: '', minor: '' },
    }),
    request: async (request) => {
      sent.push(request);
      return answer(request);
    },
    close: () => {
      throw new Error('the real cluster is not to be closed');
    },
  };
  const cluster = new RehearsedCluster(real, { 'velero.io/restore-name': 'r' });
  const send = async (method: ApiRequest['method'], path: string, body?: object) => {
    const response = await cluster.request({ method, path, ...(body && { body: JSON.stringify(body) }) });
    return { status: response.status, body: JSON.parse(response.body.toString()) };
  };
  return { cluster, send, sent };
}

const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'new' } };
const map = (ns: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: ns } });
const maps = (ns: string) => `/api/v1/namespaces/${ns}/configmaps`;

describe('RehearsedCluster', () => {
  it('sends no write that is not a dry-run, whatever is asked of it', async () => {
    const { cluster, send, sent } = rehearsal((request) =>
      request.method === 'POST' ? made(request) : json(200, { metadata: {} }),
    );
    await send('POST', '/api/v1/namespaces?fieldManager=x', namespace);
    await send('POST', maps('new'), map('new'));
    await send('POST', maps('old'), map('old'));
    for (const method of ['PUT', 'PATCH', 'DELETE'] as const) await send(method, `${maps('old')}/b`, {});
    for (const path of [`${maps('old')}/c/eviction`, '/version']) {
      await expect(send('POST', path, {})).rejects.toThrow('the request was not sent');
    }
    await expect(send('DELETE', maps('old'))).rejects.toThrow('the request was not sent');
    const writes = sent.filter(({ method }) => method !== 'GET');
    expect(writes).toHaveLength(6);
    for (const { method, path, body } of writes) {
      if (method === 'DELETE') expect(JSON.parse(String(body)).dryRun).toEqual(['All']);
      else expect(path).toMatch(/[?&]dryRun=All$/);
    }
    cluster.close();
  });

  it('finds again what it has made, and not what it has deleted', async () => {
    const { send, sent } = rehearsal(({ method }) =>
      method === 'POST' ? json(201, { metadata: { uid: 'u' } }) : json(200, map('old')),
    );
    await send('POST', maps('old'), map('old'));
    expect((await send('POST', maps('old'), map('old'))).status).toBe(409);
    expect((await send('GET', `${maps('old')}/a`)).body.metadata.labels).toEqual({
      'velero.io/restore-name': 'r',
    });
    expect((await send('GET', `${maps('old')}/b`)).status).toBe(200);
    await send('DELETE', `${maps('old')}/b`);
    expect((await send('GET', `${maps('old')}/b`)).status).toBe(404);
    expect(sent.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('checks what lies in a namespace that it made in another one, for what is wrong with the object itself', async () => {
    let answer: ApiResponse | undefined;
    const { cluster, send, sent } = rehearsal((request) => answer ?? made(request));
    await send('POST', '/api/v1/namespaces', namespace);
    expect((await send('POST', maps('new'), map('new'))).status).toBe(201);
    expect(sent.at(-1)).toMatchObject({ path: `${maps('default')}?dryRun=All` });
    expect(JSON.parse(String(sent.at(-1)?.body)).metadata.namespace).toBe('default');
    expect(cluster.checks('configmaps', '', 'new')).toBe(false);
    expect(cluster.checks('configmaps', '', 'old')).toBe(true);
    const secrets = maps('new').replace('configmaps', 'secrets');
    answer = refusal(403, 'exceeded quota');
    expect((await send('POST', secrets, { ...map('new'), metadata: { name: 'b' } })).status).toBe(201);
    answer = refusal(422, 'data: Invalid value');
    expect((await send('POST', secrets, { ...map('new'), metadata: { name: 'c' } })).status).toBe(422);
    answer = refusal(400, 'admission webhook "w" does not support dry run', 'BadRequest');
    expect((await send('POST', secrets, { ...map('new'), metadata: { name: 'd' } })).status).toBe(201);
  });

  it('counts on the default account of a namespace that it made', async () => {
    const { send } = rehearsal(made);
    await send('POST', '/api/v1/namespaces', namespace);
    const accounts = '/api/v1/namespaces/new/serviceaccounts';
    const account = {
      ...map('new'),
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: 'new' },
    };
    expect((await send('POST', accounts, account)).status).toBe(409);
    expect((await send('GET', `${accounts}/default`)).status).toBe(200);
    expect((await send('PATCH', `${accounts}/default`, {})).status).toBe(200);
    expect((await send('DELETE', `${accounts}/default`)).status).toBe(200);
    expect((await send('GET', `${accounts}/default`)).status).toBe(404);
    expect((await send('POST', accounts, account)).status).toBe(201);
    expect((await send('GET', `${accounts}/default`)).status).toBe(200);
  });

  it('serves the kinds of a definition that it made, established', async () => {
    const { cluster, send } = rehearsal(() => json(201, { metadata: {} }));
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    await send('POST', path, definition.object as object);
    const { body } = await send('GET', `${path}/gadgets.example.com`);
    expect(body.status.conditions).toContainEqual({ type: 'Established', status: 'True' });
    const { resources } = await cluster.discover({ allVersions: true });
    expect(resources).toMatchObject([
      { group: 'example.com', version: 'v1', resource: 'gadgets', namespaced: true, preferred: true },
    ]);
    expect((await send('POST', '/apis/example.com/v1/namespaces/old/gadgets', map('old'))).status).toBe(201);
  });

  it('takes a refusal for want of what it has made itself for none', async () => {
    const { send } = rehearsal(({ path }) => {
      if (path.includes('/pods'))
        return refusal(403, 'pods "a" is forbidden: no PriorityClass with name high was found', 'Forbidden');
      return json(201, {});
    });
    const pods = '/api/v1/namespaces/old/pods';
    expect((await send('POST', pods, map('old'))).status).toBe(403);
    const classes = '/apis/scheduling.k8s.io/v1/priorityclasses';
    await send('POST', classes, { metadata: { name: 'high' } });
    expect((await send('POST', pods, map('old'))).status).toBe(201);
  });
});
