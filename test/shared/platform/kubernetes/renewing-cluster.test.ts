import { describe, expect, it } from '@jest/globals';
import { CommandError } from '../../../../shared/platform/kubernetes/pod-command';
import { renewingCluster } from '../../../../shared/platform/kubernetes/renewing-cluster';
import { NotLetIn } from '../../../../shared/platform/kubernetes/status';
import { LifeboatError } from '../../../../shared/platform/errors';
import { FakeClock } from '../../../harness/fake-clock';
import { answer, scripted } from './scripted-cluster';

const command = { namespace: 'shop', pod: 'db-0', container: 'db', command: ['true'], timeout: 1_000 };

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
      { clock },
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

  it('fetches them once more for a command that was not let in, and sends one that ran no second time', async () => {
    const opened: string[] = [];
    const ends = [
      new NotLetIn('unknown', 'give others'),
      new CommandError(command, 'broken', 'the connection broke'),
    ];
    const open = async () => {
      opened.push('again');
      const { cluster } = scripted(
        () => answer(200),
        async () => {
          throw ends.shift();
        },
      );
      return { cluster, validFor: 60_000 };
    };
    const renewing = renewingCluster('a', 'x', open, { clock: new FakeClock() });
    await expect(renewing.exec(command)).rejects.toMatchObject({ failure: 'broken' });
    expect(opened).toHaveLength(2);
    expect(ends).toHaveLength(0);
  });

  it('takes the refusal for the answer where there are no others', async () => {
    const asked: boolean[] = [];
    const { cluster, state } = scripted(() => answer(401));
    const open = async (refused: boolean) => {
      asked.push(refused);
      return refused ? undefined : { cluster, validFor: 60_000 };
    };
    const renewing = renewingCluster('a', 'x', open, { clock: new FakeClock() });
    expect((await renewing.request({ method: 'GET', path: '/a' })).status).toBe(401);
    expect(asked).toEqual([false, true]);
    expect(state.closed).toBe(0);
  });

  describe('of a worker, which doubts a 401 for 30 seconds', () => {
    function doubting(statusAt: (ms: number) => number, haveEnded = () => false) {
      const clock = new FakeClock();
      const { cluster, asked } = scripted(() => answer(statusAt(clock.monotonic())));
      const open = async (refused: boolean) =>
        refused ? undefined : { cluster, validFor: Number.POSITIVE_INFINITY, haveEnded };
      const doubted = renewingCluster('a', 'x', open, { clock, doubts401For: 30_000 });
      let ended: number | undefined;
      const get = (path = '/api/v1/pods') => {
        const answered = doubted.request({ method: 'GET', path });
        void answered.then(() => (ended = clock.monotonic()));
        return answered;
      };
      return { clock, asked, get, ended: () => ended };
    }

    it('takes the answer that comes once the server knows them', async () => {
      const { clock, get, ended } = doubting((ms) => (ms < 10_000 ? 401 : 200));
      const both = Promise.all([get(), get()]);
      await clock.advance(30_000);
      expect((await both).map(({ status }) => status)).toEqual([200, 200]);
      expect(ended()).toBeLessThanOrEqual(16_000);
    });

    it('believes it after that, with few requests, and every later one at once', async () => {
      const { clock, asked, get, ended } = doubting(() => 401);
      const refused = get();
      await clock.advance(29_000);
      expect(ended()).toBeUndefined();
      await clock.advance(1_000);
      expect((await refused).status).toBe(401);
      expect(asked.length).toBeLessThan(10);
      const before = asked.length;
      expect((await get()).status).toBe(401);
      expect(asked).toHaveLength(before + 1);
    });

    it.each<[string, number, string, boolean]>([
      ['of credentials whose own end has passed', 401, '/api/v1/pods', true],
      ['of an aggregated API', 401, '/apis/metrics.example.com/v1/pods', false],
      ['of RBAC', 403, '/api/v1/pods', false],
    ])('believes at once a refusal %s', async (_, status, path, hasEnded) => {
      const { asked, get } = doubting(
        () => status,
        () => hasEnded,
      );
      expect((await get(path)).status).toBe(status);
      expect(asked).toHaveLength(1);
    });
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
      { clock },
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
      { clock: new FakeClock() },
    );
    await expect(fetching.request({ method: 'GET', path: '/a' })).rejects.toThrow('ACK does not answer');
    down = false;
    expect((await fetching.request({ method: 'GET', path: '/a' })).status).toBe(200);
  });
});
