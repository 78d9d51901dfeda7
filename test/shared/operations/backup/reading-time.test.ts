import { describe, expect, it } from '@jest/globals';
import { readListing } from '../../../../shared/operations/backup/read-listing';
import { ReadingTime } from '../../../../shared/operations/backup/reading-time';
import type { ApiResource } from '../../../../shared/platform/kubernetes/api-resource';
import { answer, scripted } from '../../platform/kubernetes/scripted-cluster';

const widgets: ApiResource = {
  group: 'example.com',
  version: 'v1',
  kind: 'Widget',
  resource: 'widgets',
  namespaced: true,
  singular: 'widget',
  shortNames: [],
  verbs: ['list'],
  subresources: [],
  preferred: true,
};

describe('A cluster that answers just fast enough, for ever', () => {
  it('is read for six hours: what is not listed by then is a miss, and no further list is asked for', async () => {
    let now = 0;
    const { cluster, asked } = scripted(() => {
      now += 59_000;
      const items = Array.from({ length: 20 }, (_, index) => ({
        metadata: { namespace: 'a', name: `n${String(asked.length * 100 + index).padStart(9, '0')}` },
      }));
      const metadata = { continue: `t${asked.length}` };
      return answer(200, { apiVersion: 'example.com/v1', kind: 'WidgetList', metadata, items });
    });
    const time = new ReadingTime({ monotonic: () => now });
    const misses: (string | undefined)[] = [];
    const read = async () => {
      const { signal } = new AbortController();
      for await (const { miss } of readListing(cluster, { resource: widgets }, [], { signal, time }))
        if (miss !== undefined) misses.push(miss);
    };

    await read();
    const pages = asked.length;
    await read();

    expect(misses).toEqual([
      expect.stringContaining('was read for 6 hours'),
      expect.stringContaining('was read for 6 hours'),
    ]);
    expect(pages).toBeLessThan(6 * 62);
    expect(asked.length - pages).toBe(0);
  });
});
