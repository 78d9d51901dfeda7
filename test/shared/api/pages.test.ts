import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pageOf } from '../../../shared/api/page';
import { aFilledApi } from './a-filled-api';

interface ListBody {
  metadata: { continue?: string };
  items: { name?: string; metadata?: { name: string } }[];
}

describe('a list by page', () => {
  it.each(['/backups', '/runs', '/restores', '/schedules', '/clusters', '/backups/shop-1/contents'])(
    'of %s is the whole list, each thing once',
    async (path) => {
      const { call } = await aFilledApi();
      const whole = (await call('GET', path)).body as unknown as ListBody;
      expect(whole.metadata.continue).toBeUndefined();
      for (const limit of [1, 2]) {
        const items: unknown[] = [];
        let next: string | undefined;
        do {
          const more = next === undefined ? '' : `&continue=${next}`;
          const page = (await call('GET', `${path}?limit=${limit}${more}`)).body as unknown as ListBody;
          expect(page.items.length).toBeLessThanOrEqual(limit);
          items.push(...page.items);
          next = page.metadata.continue;
        } while (next !== undefined);
        expect(items).toEqual(whole.items);
      }
    },
  );

  it('passes nothing over and shows nothing twice that was there all the time', async () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(names, names, fc.integer({ min: 1, max: 5 }), async (staying, coming, limit) => {
        const seen: string[] = [];
        let token: string | undefined;
        let others: string[] = [];
        for (let turn = 0; ; turn += 1) {
          const now = [...new Set([...staying, ...others])].sort();
          const page = await pageOf(now, (name) => name, { limit, continue: token });
          seen.push(...page.items);
          token = page.metadata.continue;
          if (token === undefined) break;
          // Others come and go between two pages.
          others = coming.filter((_, index) => index % 2 === turn % 2);
        }
        for (const name of staying) expect(seen.filter((each) => each === name)).toHaveLength(1);
        expect(seen).toEqual([...new Set(seen)]);
      }),
    );
  });

  it.each([
    'limit=0',
    'limit=501',
    'limit=ten',
    'limit=1,2',
    'limit=1.5',
    'continue=nonsense',
    'continue=WyJhIiwiYiIsImMiXQ',
    'open=yes',
  ])('is refused for %s', async (query) => {
    const { call } = await aFilledApi();
    expect((await call('GET', `/runs?${query}`)).status).toBe(400);
  });
});
