import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Cases } from './cluster';
import type { RawAnswer } from './cluster-client';

const namesOf = (answer: RawAnswer): string[] =>
  answer.json.items.map((each: { metadata: { name: string } }) => each.metadata.name);

export const listCases: Cases = (client, cluster) => {
  describe('lists', () => {
    let ns: string;
    let path: string;
    const all = ['i0', 'i1', 'i2', 'i3', 'i4', 'i5', 'i6'];

    beforeAll(async () => {
      ns = await client().namespace('lists');
      path = `${ns}/secrets`;
      // Old servers put the token of the service account beside ours.
      for (const name of all) {
        const labels = { mine: 'yes', parity: Number(name[1]) % 2 ? 'odd' : 'even', [name]: '' };
        await client().post(path, { metadata: { name, labels } });
      }
    }, 60_000);

    it('lists in the order of names, with the version of the list and items without type', async () => {
      const answer = await client().get(`${path}?labelSelector=mine`);

      expect(namesOf(answer)).toEqual(all);
      expect(answer.text).toMatch(
        /^\{"kind":"SecretList","apiVersion":"v1","metadata":\{"resourceVersion":"\d+"\},"items":\[/,
      );
      expect(answer.json.items[0]).not.toHaveProperty('kind');
      expect(answer.json.items[0]).not.toHaveProperty('apiVersion');
    });

    it('lists all namespaces in the order of namespaces', async () => {
      await client().namespace('lists-a');
      await client().post('/api/v1/namespaces/lists-a/secrets', {
        metadata: { name: 'z', labels: { mine: 'yes' } },
      });
      const { json } = await client().get('/api/v1/secrets?labelSelector=mine%3Dyes');

      const keys = json.items.map(
        (each: { metadata: { name: string; namespace: string } }) =>
          `${each.metadata.namespace}/${each.metadata.name}`,
      );
      // Keys are ordered as bytes, where "-" comes before "/".
      expect(keys).toEqual(['lists-a/z', ...all.map((name) => `lists/${name}`)]);
    });

    it('pages through the state of the first page', async () => {
      const first = await client().get(`${path}?limit=3&labelSelector=mine%3Dyes`);
      await client().post(path, { metadata: { name: 'i3a', labels: { mine: 'yes' } } });
      await client().delete(`${path}/i5`);
      const token = encodeURIComponent(first.json.metadata.continue);
      const second = await client().get(`${path}?limit=3&labelSelector=mine%3Dyes&continue=${token}`);
      const last = await client().get(
        `${path}?limit=3&labelSelector=mine%3Dyes&continue=${encodeURIComponent(second.json.metadata.continue)}`,
      );

      expect([first, second, last].flatMap(namesOf)).toEqual(all);
      expect(second.json.metadata.resourceVersion).toBe(first.json.metadata.resourceVersion);
      expect(last.json.metadata.continue ?? '').toBe('');
      await client().delete(`${path}/i3a`);
      await client().post(path, { metadata: { name: 'i5', labels: { mine: 'yes', parity: 'odd', i5: '' } } });
    });

    it('tells how many items remain, where nothing selects', async () => {
      const configmaps = `${ns}/configmaps`;
      for (const name of ['a', 'b', 'c']) await client().post(configmaps, { metadata: { name } });
      const whole = await client().get(configmaps);
      const page = await client().get(`${configmaps}?limit=2`);
      const selected = await client().get(`${configmaps}?limit=1&labelSelector=!none`);

      expect(page.json.metadata.remainingItemCount).toBe(whole.json.items.length - 2);
      expect(selected.json.metadata.continue).toBeTruthy();
      expect(selected.json.metadata).not.toHaveProperty('remainingItemCount');
    });

    it('gives an exact page no token', async () => {
      const { json } = await client().get(`${path}?limit=7&labelSelector=mine%3Dyes`);

      expect(json.items).toHaveLength(7);
      expect(json.metadata.continue ?? '').toBe('');
    });

    it('ignores the limit of a list of any version (resourceVersion=0)', async () => {
      const { json } = await client().get('/api/v1/namespaces?limit=2&resourceVersion=0');

      expect(json.items.length).toBeGreaterThan(2);
      expect(json.metadata.continue ?? '').toBe('');
    });

    it.each([
      ['mine=yes,parity=even', ['i0', 'i2', 'i4', 'i6']],
      ['mine==yes,parity!=even', ['i1', 'i3', 'i5']],
      ['parity in (odd,other)', ['i1', 'i3', 'i5']],
      ['mine,parity notin (odd)', ['i0', 'i2', 'i4', 'i6']],
      ['mine,!i0,!i1', ['i2', 'i3', 'i4', 'i5', 'i6']],
      ['i0=', ['i0']],
      ['mine=no', []],
    ])('selects by label: %s', async (selector, expected) => {
      const answer = await client().get(`${path}?labelSelector=${encodeURIComponent(selector)}`);

      expect(namesOf(answer)).toEqual(expected);
    });

    it('selects by name and namespace', async () => {
      const byName = await client().get(`${path}?fieldSelector=metadata.name%3Di3`);
      const byNamespace = await client().get(
        '/api/v1/secrets?labelSelector=mine&fieldSelector=metadata.namespace%3Dlists,metadata.name!%3Di0',
      );

      expect(namesOf(byName)).toEqual(['i3']);
      expect(namesOf(byNamespace)).toEqual(all.slice(1));
    });

    it.each([
      'fieldSelector=foo%3Dbar',
      'labelSelector=a%20in',
      'labelSelector=%21%21a',
      'limit=x',
      'continue=nonsense',
    ])('refuses %s with 400', async (query) => {
      const answer = await client().get(`${path}?${query}`);

      expect(answer.status).toBe(400);
      expect(answer.json.reason).toBe('BadRequest');
    });

    it('answers a continue from a forgotten version with 410 and a token for the rest as it is now', async () => {
      const first = await client().get(`${path}?limit=2&labelSelector=mine%3Dyes`);
      const token = encodeURIComponent(first.json.metadata.continue);
      await client().post(path, { metadata: { name: 'i9', labels: { mine: 'yes' } } });
      await client().delete(`${path}/i4`);
      await cluster().compact?.();
      let answer = await client().get(`${path}?limit=2&labelSelector=mine%3Dyes&continue=${token}`);
      for (let tries = 0; answer.status === 200 && tries < 100; tries += 1) {
        await client().merge(`${path}/i9`, { metadata: { labels: { tries: String(tries) } } });
        await delay(200);
        answer = await client().get(`${path}?limit=2&labelSelector=mine%3Dyes&continue=${token}`);
      }

      expect(answer.status).toBe(410);
      expect(answer.json).toMatchObject({ kind: 'Status', reason: 'Expired', code: 410 });
      const rest = await client().get(
        `${path}?labelSelector=mine%3Dyes&continue=${encodeURIComponent(answer.json.metadata.continue)}`,
      );
      expect(namesOf(rest)).toEqual(['i2', 'i3', 'i5', 'i6', 'i9']);
    }, 60_000);
  });
};
