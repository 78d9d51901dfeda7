import { tmpdir } from 'node:os';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type {
  ArchivedItem,
  BackupContents,
  PickVersion,
} from '../../../../../shared/formats/vault/archive-types';
import { openContents } from '../../../../../shared/formats/vault/archive/contents';
import { MemoryStore } from '../../../../harness/memory-store';
import { fixtureVaults } from '../fixture-vaults';
import { tarEntry, tarGz } from '../tar-archives';

/** An archive as Velero lays it out: which objects of `gadgets.example.com` it holds in which directories. */
function archive(copies: readonly { name: string; directory?: string }[]): Buffer {
  const entries = copies.map(({ name, directory }) => {
    const version = directory?.replace('-preferredversion', '') ?? 'v1';
    const object = { apiVersion: `example.com/${version}`, kind: 'Gadget', metadata: { name } };
    const place = directory === undefined ? 'cluster' : `${directory}/cluster`;
    const path = `resources/gadgets.example.com/${place}/${name}.json`;
    return tarEntry({ path, body: JSON.stringify(object) });
  });
  return tarGz(tarEntry({ path: 'metadata/version', body: '1.1.0\n' }), ...entries);
}

async function opened(bytes: Buffer): Promise<BackupContents> {
  const store = new MemoryStore();
  await store.put('backups/foreign/foreign.tar.gz', bytes);
  return openContents(store, 'foreign', { temporaryDirectory: tmpdir() });
}

const versionOf = ({ body }: ArchivedItem) =>
  (JSON.parse(body.toString()) as { apiVersion: string }).apiVersion.split('/').pop();

async function read(contents: BackupContents, pick?: PickVersion): Promise<[string, string | undefined][]> {
  const found: [string, string | undefined][] = [];
  for await (const item of contents.items(['gadgets.example.com'], pick))
    found.push([item.name, versionOf(item)]);
  return found.sort();
}

describe('an archive with objects in several versions', () => {
  it('gives each object once, in the version that is picked where it is stored in that', async () => {
    const letters: string[] = ['a', 'b', 'c', 'd', 'e'];
    const names = fc.uniqueArray(fc.constantFrom(...letters), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(
        names,
        names,
        names,
        fc.constantFrom('v2', 'v3', 'v9'),
        async (classic, v2, v3, wanted) => {
          const copies = [
            ...v2.map((name) => ({ name, directory: 'v2' })),
            ...classic.flatMap((name) => [{ name }, { name, directory: 'v1-preferredversion' }]),
            ...v3.map((name) => ({ name, directory: 'v3' })),
          ];
          const contents = await opened(archive(copies));
          const checked: string[] = [];
          const further: string[] = [];
          await contents.check(
            ({ name, version }) => void checked.push(`${name} ${version}`),
            ({ name, version }) => void further.push(`${name} ${version}`),
          );
          expect(checked).toEqual(classic.map((name) => `${name} undefined`));
          expect(further).toEqual([...v2.map((name) => `${name} v2`), ...v3.map((name) => `${name} v3`)]);

          const has: Record<string, readonly string[]> = { v2, v3 };
          const best = (name: string) => (has[wanted]?.includes(name) ? wanted : 'v1');
          expect(await read(contents, () => wanted)).toEqual(
            classic.map((name) => [name, best(name)]).sort(),
          );
          expect(await read(contents)).toEqual(classic.map((name) => [name, 'v1']).sort());
          for (const name of letters) {
            const found = await contents.item({ groupResource: 'gadgets.example.com', name }, () => wanted);
            expect(found && versionOf(found)).toBe(classic.includes(name) ? best(name) : undefined);
          }
          await contents.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  it('says which versions there are', async () => {
    const contents = await opened(
      archive([
        { name: 'a' },
        { name: 'a', directory: 'v1-preferredversion' },
        { name: 'a', directory: 'v1beta1' },
        { name: 'a', directory: 'v2' },
      ]),
    );
    await contents.check(() => {});
    const asked: unknown[] = [];
    await read(contents, (...question) => void asked.push(question));
    expect(asked).toEqual([['gadgets.example.com', { preferred: 'v1', others: new Set(['v1beta1', 'v2']) }]]);
    await contents.close();
  });

  it.each([
    ['the same copy twice', [{ name: 'a' }, { name: 'a', directory: 'v2' }, { name: 'a', directory: 'v2' }]],
    ['a version that none can be called', [{ name: 'a' }, { name: 'a', directory: 'V2' }]],
    ['more versions than there can be', [...Array(101)].map((_, at) => ({ name: 'a', directory: `v${at}` }))],
  ])('is refused with %s', async (_, copies) => {
    const contents = await opened(archive(copies));
    await expect(contents.check(() => {})).rejects.toMatchObject({ kind: 'corrupt' });
    await contents.close();
  });

  it('is refused when a further copy is not the object that its path names', async () => {
    const body = JSON.stringify({
      apiVersion: 'example.com/v2',
      kind: 'Gadget',
      metadata: { name: 'other' },
    });
    const path = 'resources/gadgets.example.com/v2/cluster/a.json';
    const contents = await opened(tarGz(tarEntry({ path, body })));
    await expect(contents.check(() => {})).rejects.toMatchObject({ kind: 'corrupt' });
    await contents.close();
  });
});

describe('the archive of a Velero server with EnableAPIGroupVersions', () => {
  it('gives every object in each version that its resource list names', async () => {
    const vault = fixtureVaults().find(({ backups }) => backups.includes('legacy-versions'))!;
    const contents = await openContents(vault.store, 'legacy-versions', { temporaryDirectory: tmpdir() });
    await contents.check(() => {});
    const bytes = (await vault.store.get('backups/legacy-versions/legacy-versions-resource-list.json.gz'))
      .body;
    const listed = JSON.parse(gunzipSync(bytes).toString()) as Record<string, string[]>;
    for (const [resource, apiVersion, kind] of [
      ['horizontalpodautoscalers.autoscaling', 'autoscaling/v2beta1', 'HorizontalPodAutoscaler'],
      ['horizontalpodautoscalers.autoscaling', 'autoscaling/v2beta2', 'HorizontalPodAutoscaler'],
      ['horizontalpodautoscalers.autoscaling', 'autoscaling/v1', 'HorizontalPodAutoscaler'],
      ['ingresses.networking.k8s.io', 'networking.k8s.io/v1beta1', 'Ingress'],
      ['gadgets.legacy.example.com', 'legacy.example.com/v1beta1', 'Gadget'],
    ] as const) {
      const version = apiVersion.split('/').pop();
      const found: string[] = [];
      for await (const item of contents.items([resource], () => version)) {
        expect(JSON.parse(item.body.toString())).toMatchObject({ apiVersion, kind });
        found.push(`${item.namespace}/${item.name}`);
      }
      expect(found).toEqual(listed[`${apiVersion}/${kind}`]);
    }
    await contents.close();
  });
});
