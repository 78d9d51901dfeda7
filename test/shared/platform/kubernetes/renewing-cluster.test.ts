import { describe, expect, it } from '@jest/globals';
import { renewingCluster } from '../../../../shared/platform/kubernetes/renewing-cluster';
import { LifeboatError } from '../../../../shared/platform/errors';
import { FakeClock } from '../../../harness/fake-clock';
import { answer, scripted } from './scripted-cluster';

describe('a cluster with credentials that end', () => {
  function renewing(validFor: number, respond = (n: number) => answer(200, n)) {
    const clock = new FakeClock();
    const opened: ReturnType<typeof scripted>[] = [];
    const cluster = renewingCluster(
      'a',
      'ACK cluster c1',
      async () => {
        const n = opened.length + 1;
        opened.push(scripted(() => respond(n)));
        return { cluster: opened.at(-1)!.cluster, validFor };
      },
      clock,
    );
    const get = async () => (await cluster.request({ method: 'GET', path: '/a' })).status;
    return { clock, opened, cluster, get };
  }

  it('fetches them when they are needed, once for all who ask at the same time', async () => {
    const { opened, get } = renewing(60_000);
    expect(opened).toHaveLength(0);
    await Promise.all([get(), get(), get()]);
    expect(opened).toHaveLength(1);
  });

  it('fetches them again before they end, and closes the old connection', async () => {
    const { clock, opened, get } = renewing(15 * 60_000);
    await get();
    await clock.advance(11 * 60_000);
    await get();
    expect(opened).toHaveLength(1);
    await clock.advance(2 * 60_000);
    await Promise.all([get(), get()]);
    expect(opened).toHaveLength(2);
    expect(opened.map(({ state }) => state.closed > 0)).toEqual([true, false]);
  });

  it('fetches them once more when the API server does not know them, then believes it', async () => {
    const revoked = renewing(60_000, (n) => answer(n === 1 ? 401 : 200));
    expect(await Promise.all([revoked.get(), revoked.get()])).toEqual([200, 200]);
    expect(revoked.opened).toHaveLength(2);
    const refused = renewing(60_000, () => answer(401));
    expect(await refused.get()).toBe(401);
    expect(refused.opened).toHaveLength(2);
  });

  it('takes the refusal for the answer where there are no others', async () => {
    const asked: boolean[] = [];
    const { cluster, state } = scripted(() => answer(401));
    const open = async (refused: boolean) => {
      asked.push(refused);
      return refused ? undefined : { cluster, validFor: 60_000 };
    };
    const renewing = renewingCluster('a', 'x', open, new FakeClock());
    expect((await renewing.request({ method: 'GET', path: '/a' })).status).toBe(401);
    expect(asked).toEqual([false, true]);
    expect(state.closed).toBe(0);
  });

  it('lets a request that is under way keep the connection that it began with', async () => {
    let finish = () => {};
    const clock = new FakeClock();
    const opened: ReturnType<typeof scripted>[] = [];
    const cluster = renewingCluster(
      'a',
      'x',
      async () => {
        opened.push(
          scripted(({ path }) =>
            path === '/slow' ? new Promise((resolve) => (finish = () => resolve(answer(200)))) : answer(200),
          ),
        );
        return { cluster: opened.at(-1)!.cluster, validFor: 60_000 };
      },
      clock,
    );
    const slow = cluster.request({ method: 'GET', path: '/slow' });
    await new Promise(setImmediate);
    await clock.advance(50_000);
    await cluster.request({ method: 'GET', path: '/quick' });
    expect(opened.map(({ state }) => state.closed)).toEqual([0, 0]);
    finish();
    expect((await slow).status).toBe(200);
    expect(opened.map(({ state }) => state.closed)).toEqual([1, 0]);
  });

  it('tries again at the next request when they could not be fetched', async () => {
    let down = true;
    const { cluster } = scripted(() => answer(200));
    const fetching = renewingCluster(
      'a',
      'x',
      async () => {
        if (down) throw new LifeboatError('unavailable', 'ACK does not answer');
        return { cluster, validFor: 60_000 };
      },
      new FakeClock(),
    );
    await expect(fetching.request({ method: 'GET', path: '/a' })).rejects.toThrow('ACK does not answer');
    down = false;
    expect((await fetching.request({ method: 'GET', path: '/a' })).status).toBe(200);
  });
});
