import type { ArchiveMember } from '../../../../../shared/formats/vault/archive-types';
import { ArchiveWriter } from '../../../../../shared/formats/vault/archive/archive-writer';
import { backupKeys } from '../../../../../shared/formats/vault/layout';
import { proofOf } from '../../../../../shared/formats/vault/side-files/object-proof';
import { cataloguedArchive } from '../../../../harness/catalogued-objects';
import { catalogueFile } from '../../../../../shared/formats/vault/side-files/side-files';
import type { ObjectStore } from '../../../../../shared/platform/oss/port';
import { batchesOf, type WholeItem } from './batches';

/** An archive, and where its objects lie in it. */
interface WrittenArchive {
  archive: Buffer;
  members: ArchiveMember[];
}

/** Writes objects without judging them, as releases did that stored whatever an API server gave. */
async function writtenUnjudged(items: readonly WholeItem[], memberBytes?: number): Promise<WrittenArchive> {
  const writer = new ArchiveWriter(batchesOf(items), { mtime: new Date(0), memberBytes });
  const chunks: Buffer[] = [];
  for await (const chunk of writer.chunks()) chunks.push(chunk);
  return { archive: Buffer.concat(chunks), members: writer.members() };
}

/** Puts the archive of a backup there as an earlier release wrote it, and its catalogue. */
export async function putEarlierArchive(
  store: ObjectStore,
  name: string,
  items: readonly WholeItem[],
): Promise<Buffer> {
  const { archive, members } = await writtenUnjudged(items, 64 << 10);
  const counts: Record<string, number> = {};
  for (const { groupResource } of items) counts[groupResource] = (counts[groupResource] ?? 0) + 1;
  const { bytes } = await catalogueFile(name, {
    kind: 'Catalogue',
    format: 1,
    installation: 'i',
    clusterUid: 'u',
    cluster: 'a',
    serverVersion: 'v1.37.2',
    apiVersions: {},
    objects: cataloguedArchive(name, proofOf(archive)),
    members,
    counts,
  });
  const keys = backupKeys(name);
  await store.put(keys.archive, archive);
  await store.put(keys.catalogue, bytes);
  return archive;
}

/** A ConfigMap as an archive holds it; `body` says otherwise. */
export function configMapItem(namespace: string, name: string, body?: string): WholeItem {
  const whole = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: {} };
  return {
    groupResource: 'configmaps',
    version: 'v1',
    namespace,
    name,
    body: Buffer.from(body ?? JSON.stringify(whole)),
  };
}

const deep = (name: string, namespace: string) =>
  `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"${name}","namespace":"${namespace}"},"x":${'['.repeat(1_100)}${']'.repeat(1_100)}}`;

/** Objects that no reader takes, by what is wrong with each: a name that a path cannot hold, a size, a depth, a body. */
export function badConfigMaps(namespace: string): [what: string, item: WholeItem][] {
  const body = (name: string, text: string) => configMapItem(namespace, name, text);
  return [
    ['a control character in its name', configMapItem(namespace, 'a\u0001b')],
    ['an escape sequence in its name', configMapItem(namespace, '\u001b[2Ja')],
    ['a percent sign in its name', configMapItem(namespace, 'a%2fb')],
    ['86 Chinese characters', configMapItem(namespace, '中'.repeat(86))],
    ['254 letters', configMapItem(namespace, 'x'.repeat(254))],
    ['half of a surrogate pair in its name', configMapItem(namespace, 'b\ud800')],
    ['a replacement character in its name', configMapItem(namespace, 'a\ufffd')],
    ['a namespace that none can be', configMapItem('Shop', 'a')],
    ['1,100 levels', body('deep', deep('deep', namespace))],
    ['20 MiB', body('large', JSON.stringify({ data: 'y'.repeat(20 << 20) }))],
    ['no JSON', body('text', '{"a":nul}')],
    ['no UTF-8', { ...body('bytes', ''), body: Buffer.from([0x22, 0xff, 0x22]) }],
    [
      'another name in its body',
      body('one', JSON.stringify(JSON.parse(configMapItem(namespace, 'two').body.toString()))),
    ],
    [
      'another namespace in its body',
      body('elsewhere', configMapItem('kube-system', 'elsewhere').body.toString()),
    ],
    ['no metadata', body('bare', '{"apiVersion":"v1","kind":"ConfigMap"}')],
    ['an empty body', body('empty', '')],
  ];
}
