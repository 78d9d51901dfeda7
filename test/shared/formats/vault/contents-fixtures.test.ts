import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import { openContents } from '../../../../shared/formats/vault/archive/contents';
import type { ArchivedItem } from '../../../../shared/formats/vault/archive-types';
import { fixtureVaults } from './fixture-vaults';

const vaults = fixtureVaults();
const temporaryDirectory = mkdtempSync(join(tmpdir(), 'lifeboat-test-'));
afterAll(() => rmSync(temporaryDirectory, { recursive: true }));

describe('archives by real Velero servers', () => {
  for (const { server, store, backups } of vaults) {
    it.each(backups)(`opens %s of ${server} and finds what its resource list names`, async (backup) => {
      const contents = await openContents(store, backup, { temporaryDirectory });
      const checked: ArchivedItem[] = [];
      await contents.check((item) => void checked.push(item));

      const list = await store.get(`backups/${backup}/${backup}-resource-list.json.gz`);
      const named = Object.entries(JSON.parse(gunzipSync(list.body).toString()) as Record<string, string[]>)
        .flatMap(([kind, names]) => names.map((name) => withoutVersion(`${kind} ${name}`)))
        .sort();
      const found = checked
        .map(({ body, namespace, name }) => {
          const { apiVersion, kind } = JSON.parse(body.toString());
          return withoutVersion(`${apiVersion}/${kind} ${namespace ? `${namespace}/` : ''}${name}`);
        })
        .sort();
      // With every API version in the archive the list names an object once a version.
      const manifest = await store.get(`backups/${backup}/velero-backup.json`);
      const complete = JSON.parse(manifest.body.toString()).status.phase === 'Completed';
      // Velero lists what a failed hook kept out of the archive, too.
      if (complete) expect(new Set(found)).toEqual(new Set(named));
      else expect(named).toEqual(expect.arrayContaining(found));
      expect(new Set(found).size).toBe(found.length);
      expect(contents.warnings).toEqual([]);

      // The bytes are compared as strings: much faster to tell alike.
      const text = ({ body, ...ref }: ArchivedItem) => JSON.stringify(ref) + body.toString();
      const resources = [...new Set(checked.map((item) => item.groupResource))];
      const again: ArchivedItem[] = [];
      for await (const item of contents.items(resources)) again.push(item);
      expect(again.map(text)).toEqual(checked.map(text));
      await expect(contents.item(checked[3]!)).resolves.toEqual(checked[3]);
      await contents.close();
      expect(readdirSync(temporaryDirectory)).toEqual([]);
    });
  }
});

/** Velero lists a CRD under the version it was served in and may store an older one (its action remap-crd-version). */
function withoutVersion(line: string): string {
  return line.replace(/(^|\/)v\d\w*\//, '$1');
}
