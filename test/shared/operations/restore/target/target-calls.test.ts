import { describe, expect, it } from '@jest/globals';
import { TargetCalls } from '../../../../../shared/operations/restore/target/target-calls';
import { answer, scripted } from '../../../platform/kubernetes/scripted-cluster';

const quotas = { group: '', version: 'v1', resource: 'resourcequotas', namespaced: true };
const ofQuotas = { kind: 'ResourceQuotaList', apiVersion: 'v1' };
const named = (...names: string[]) => names.map((name) => ({ metadata: { name } }));
const signal = new AbortController().signal;

describe('a list', () => {
  it('is read to its last page', async () => {
    const { cluster, asked } = scripted(({ path }) =>
      path.includes('continue=')
        ? answer(200, { ...ofQuotas, metadata: {}, items: named('c') })
        : answer(200, { ...ofQuotas, metadata: { continue: 'more/of it' }, items: named('a', 'b') }),
    );
    const { objects, status } = await new TargetCalls(cluster, signal).list(quotas, { labelSelector: 'a=b' });
    expect(objects.map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c']);
    expect(status).toBeUndefined();
    expect(asked).toEqual([
      '/api/v1/resourcequotas?limit=500&labelSelector=a%3Db',
      '/api/v1/resourcequotas?limit=500&continue=more%2Fof%20it&labelSelector=a%3Db',
    ]);
  });

  it('gives what came before a page that is refused, and the refusal', async () => {
    const { cluster, asked } = scripted(({ path }) =>
      path.includes('continue=')
        ? answer(403, { kind: 'Status', status: 'Failure', message: 'no more', code: 403 })
        : answer(200, { ...ofQuotas, metadata: { continue: 'more' }, items: named('a') }),
    );
    const { objects, status } = await new TargetCalls(cluster, signal).list(quotas);
    expect(objects).toHaveLength(1);
    expect(status).toMatchObject({ code: 403, message: 'no more' });
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['the same token', () => 'more'],
    ['new tokens', (nth: number) => `t${nth}`],
  ])('that repeats its page with %s ends in an error', async (_, token) => {
    const { cluster, asked } = scripted(() =>
      answer(200, { ...ofQuotas, metadata: { continue: token(asked.length) }, items: named('a') }),
    );
    await expect(new TargetCalls(cluster, signal).list(quotas)).rejects.toThrow('a list that does not end');
    expect(asked.length).toBeLessThan(110);
  });

  it('of nothing is empty', async () => {
    const { cluster } = scripted(() => answer(200, { ...ofQuotas, metadata: {}, items: null }));
    expect(await new TargetCalls(cluster, signal).list(quotas)).toEqual({ objects: [] });
  });
});
