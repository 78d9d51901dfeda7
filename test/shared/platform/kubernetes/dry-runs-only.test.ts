import { describe, expect, it } from '@jest/globals';
import { dryRunsOnly } from '../../../../shared/platform/kubernetes/dry-runs-only';
import type { ApiRequest } from '../../../../shared/platform/kubernetes/port';
import { answer, scripted } from './scripted-cluster';

const map = '/api/v1/namespaces/shop/configmaps/a';

function connection() {
  const sent: ApiRequest[] = [];
  const { cluster } = scripted((request) => {
    sent.push(request);
    return answer(200);
  });
  const dry = dryRunsOnly(cluster);
  const send = (method: ApiRequest['method'], path: string, body?: object) =>
    dry.request({ method, path, ...(body && { body: JSON.stringify(body) }) });
  return { send, sent };
}

describe('a connection for dry-runs only', () => {
  it('puts the dry-run of a create and of a change into the query, once', async () => {
    const { send, sent } = connection();
    await send('POST', '/api/v1/namespaces/shop/configmaps?fieldManager=x', {});
    await send('PATCH', `${map}?dryRun=None&fieldManager=x`, {});
    await send('PUT', `${map}/status?dryRun`, {});
    expect(sent.map(({ path }) => path.split('?')[1])).toEqual([
      'fieldManager=x&dryRun=All',
      'fieldManager=x&dryRun=All',
      'dryRun=All',
    ]);
  });

  it('puts the dry-run of a deletion into the body, whatever the body says', async () => {
    const { send, sent } = connection();
    await send('DELETE', map);
    await send('DELETE', map, { propagationPolicy: 'Orphan', dryRun: [], preconditions: { uid: 'u' } });
    expect(sent.map(({ body }) => JSON.parse(String(body)))).toEqual([
      { dryRun: ['All'] },
      { propagationPolicy: 'Orphan', dryRun: ['All'], preconditions: { uid: 'u' } },
    ]);
  });

  it.each([
    ['POST', '/version'],
    ['POST', '/apis/authorization.k8s.io'],
    ['POST', '/api/v1/namespaces/shop/pods/web/eviction'],
    ['POST', '/api/v1/namespaces/shop/serviceaccounts/default/token'],
    ['PUT', '/api/v1/namespaces/shop/configmaps'],
    ['PUT', '/api/v1/namespaces/shop/finalize'],
    ['PATCH', '/api/v1/namespaces/shop/pods/web/ephemeralcontainers'],
    ['DELETE', '/api/v1/namespaces/shop/configmaps'],
    ['DELETE', '/api/v1/namespaces/shop/pods/web/proxy'],
    ['GET', '/api/v1/namespaces/shop/pods/web/exec'],
    ['GET', '/api/v1/namespaces/shop/services/web/proxy'],
  ] as const)('refuses %s %s, which may change something', async (method, path) => {
    const { send, sent } = connection();
    await expect(send(method, path, {})).rejects.toThrow('the request was not sent');
    expect(sent).toEqual([]);
  });

  it('sends reads as they are', async () => {
    const { send, sent } = connection();
    for (const path of ['/version', '/apis', map, `${map}/status`, '/api/v1/pods?limit=1']) {
      await send('GET', path);
    }
    expect(sent.map(({ path }) => path)).toEqual([
      '/version',
      '/apis',
      map,
      `${map}/status`,
      '/api/v1/pods?limit=1',
    ]);
  });
});
