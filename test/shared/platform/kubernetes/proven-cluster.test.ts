import { describe, expect, it } from '@jest/globals';
import { OutputTail } from '../../../../shared/platform/kubernetes/output-tail';
import type { ApiRequest } from '../../../../shared/platform/kubernetes/port';
import { provenCluster } from '../../../../shared/platform/kubernetes/proven-cluster';
import { LifeboatError } from '../../../../shared/platform/errors';
import { answer, scripted } from './scripted-cluster';

const kubeSystem = '/api/v1/namespaces/kube-system';
const uid = (value: string) => (request: ApiRequest) =>
  request.path === kubeSystem
    ? answer(200, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: value } })
    : answer(200);

describe('a proven cluster', () => {
  it('asks once who it is, before the first of many requests', async () => {
    const { cluster, asked } = scripted(uid('u-1'));
    const proven = provenCluster(cluster, 'u-1');
    await Promise.all(['/a', '/b', '/c'].map((path) => proven.request({ method: 'GET', path })));
    expect(asked[0]).toBe(kubeSystem);
    expect(asked.filter((path) => path === kubeSystem)).toHaveLength(1);
    expect(asked).toHaveLength(4);
  });

  it('lets nothing through to another cluster, not even discovery, and says what to do', async () => {
    const { cluster, asked } = scripted(uid('u-2'));
    const proven = provenCluster(cluster, 'u-1');
    const refused = { kind: 'denied', hint: expect.stringContaining('lifeboat cluster add') };
    await expect(proven.request({ method: 'DELETE', path: '/a' })).rejects.toMatchObject(refused);
    await expect(proven.discover()).rejects.toMatchObject(refused);
    expect(asked).toEqual([kubeSystem]);
  });

  it('runs no command in another cluster', async () => {
    const { cluster } = scripted(uid('u-2'));
    const command = { namespace: 'shop', pod: 'db-0', container: 'db', command: ['true'], timeout: 1_000 };
    await expect(provenCluster(cluster, 'u-1').exec(command)).rejects.toMatchObject({ kind: 'denied' });
    const same = scripted(uid('u-1'), async () => ({ outcome: 'timed-out', output: new OutputTail() }));
    expect(await provenCluster(same.cluster, 'u-1').exec(command)).toMatchObject({ outcome: 'timed-out' });
  });

  it('passes where the credentials may not read kube-system, or no identity is known', async () => {
    const forbidden = { kind: 'Status', reason: 'Forbidden', message: 'no' };
    const { cluster } = scripted(({ path }) => (path === kubeSystem ? answer(403, forbidden) : answer(200)));
    expect((await provenCluster(cluster, 'u-1').request({ method: 'GET', path: '/a' })).status).toBe(200);
    expect(provenCluster(cluster, undefined)).toBe(cluster);
  });

  it('does not pass where a firewall blocks the question', async () => {
    const { cluster, asked } = scripted(() => answer(403));
    const blocked = provenCluster(cluster, 'u-1').request({ method: 'GET', path: '/a' });
    await expect(blocked).rejects.toMatchObject({ kind: 'invalid' });
    expect(asked).toEqual([kubeSystem]);
  });

  it.each([401, 500, 429])('takes an answer of %i for no proof, and asks again', async (status) => {
    let answered = status;
    const { cluster } = scripted((request) => (answered === 200 ? uid('u-2')(request) : answer(answered)));
    const proven = provenCluster(cluster, 'u-1');
    const first = await proven.request({ method: 'GET', path: '/a' }).catch((error) => error);
    expect(status === 401 ? first.status : first.kind).toBe(status === 401 ? 401 : 'unavailable');
    answered = 200;
    await expect(proven.request({ method: 'GET', path: '/a' })).rejects.toMatchObject({ kind: 'denied' });
  });

  it('asks again when nobody answered', async () => {
    let down = true;
    const { cluster } = scripted((request) => {
      if (down) throw new LifeboatError('unavailable', 'no answer');
      return uid('u-2')(request);
    });
    const proven = provenCluster(cluster, 'u-1');
    await expect(proven.request({ method: 'GET', path: '/a' })).rejects.toMatchObject({
      kind: 'unavailable',
    });
    down = false;
    await expect(proven.request({ method: 'GET', path: '/a' })).rejects.toMatchObject({ kind: 'denied' });
  });
});
