import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Cases } from './cluster';

export const watchCases: Cases = (client) => {
  describe('watches', () => {
    let ns: string;
    beforeAll(async () => {
      ns = await client().namespace('watches');
    }, 60_000);

    const events = (text: string) =>
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as { type: string; object: { metadata: Record<string, unknown> } });

    it('tells what changed after a version, in order, each object with its type', async () => {
      const list = await client().get(`${ns}/configmaps`);
      const from = list.json.metadata.resourceVersion;
      await client().post(`${ns}/configmaps`, { metadata: { name: 'w', labels: { w: 'x' } } });
      await client().merge(`${ns}/configmaps/w`, { data: { k: 'v' } });
      await client().delete(`${ns}/configmaps/w`);
      const answer = await client().get(
        `${ns}/configmaps?watch=true&timeoutSeconds=2&labelSelector=w&resourceVersion=${from}`,
      );

      const seen = events(answer.text);
      expect(seen.map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
      for (const { object } of seen) {
        expect(object).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'w' } });
      }
      const versions = seen.map(({ object }) => Number(object.metadata.resourceVersion));
      expect(versions).toEqual([...versions].sort((a, b) => a - b));
      expect(new Set(versions).size).toBe(3);
    });

    it('reports what leaves the selection as deleted and what enters it as added', async () => {
      const created = await client().post(`${ns}/configmaps`, { metadata: { name: 'moving' } });
      const from = created.json.metadata.resourceVersion;
      await client().merge(`${ns}/configmaps/moving`, { metadata: { labels: { in: 'yes' } } });
      await client().merge(`${ns}/configmaps/moving`, { metadata: { labels: { in: null } } });
      const answer = await client().get(
        `${ns}/configmaps?watch=true&timeoutSeconds=2&labelSelector=in%3Dyes&resourceVersion=${from}`,
      );

      expect(events(answer.text).map(({ type }) => type)).toEqual(['ADDED', 'DELETED']);
    });

    it('starts a watch without a version with what is there', async () => {
      await client().post(`${ns}/configmaps`, { metadata: { name: 'there', labels: { there: 'x' } } });
      const answer = await client().get(`${ns}/configmaps?watch=1&timeoutSeconds=1&labelSelector=there`);

      expect(events(answer.text)).toMatchObject([{ type: 'ADDED', object: { metadata: { name: 'there' } } }]);
    });
  });
};
