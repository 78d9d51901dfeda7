import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Capture } from '../../../../shared/operations/backup/capture';
import type { ApiResource } from '../../../../shared/platform/kubernetes/api-resource';
import { NotAnApiServer } from '../../../../shared/platform/kubernetes/believe';
import { crc64 } from '../../../../shared/platform/oss/crc64';
import { systemClock } from '../../../../shared/platform/system';
import type { ArchivedItem } from '../../../../shared/formats/vault/archive-types';
import { ArchiveWriter } from '../../../../shared/formats/vault/archive/archive-writer';
import { OwnContents } from '../../../../shared/formats/vault/archive/own-contents';
import { readArchive } from '../../../../shared/formats/vault/archive/archive-reader';
import { archiveLimits } from '../../../../shared/formats/vault/untrusted/archive-limits';
import { ResultsCollector } from '../../../../shared/formats/vault/side-files/results';
import { RunLog } from '../../../../shared/formats/vault/side-files/run-log';
import { MemoryStore } from '../../../harness/memory-store';
import { answer, scripted } from '../../platform/kubernetes/scripted-cluster';
import { objectsIn } from './backup-rig';
import { resourceNamed, served } from './served';

const archiveKey = 'backups/b/b.tar.gz';
const role: ApiResource = {
  ...resourceNamed('configmaps'),
  group: 'rbac.authorization.k8s.io',
  resource: 'roles',
  kind: 'Role',
};
const namespace = resourceNamed('namespaces');

let opened: OwnContents[] = [];
afterEach(async () => {
  for (const one of opened) await one.close();
  opened = [];
});

interface Served {
  resource: ApiResource;
  /** Objects as the API server writes them, page by page. */
  pages: Buffer[][];
}

/** Backs up a cluster that gives these pages, and reads what was written in three ways. */
async function backUp(lists: Served[]) {
  const { cluster } = scripted(({ path }) => {
    const [where, query = ''] = path.split('?');
    const list = lists.find(({ resource }) => where!.endsWith(`/${resource.resource}`));
    if (!list) return answer(404);
    const at = Number(/continue=(\d+)/.exec(query)?.[1] ?? 0);
    const next = at + 1 < list.pages.length ? `{"continue":"${at + 1}"}` : '{}';
    const items = (list.pages[at] ?? []).flatMap((item, index) =>
      index === 0 ? [item] : [Buffer.from(','), item],
    );
    const { group, version, kind } = list.resource;
    const apiVersion = group === '' ? version : `${group}/${version}`;
    const head = `{"kind":"${kind}List","apiVersion":"${apiVersion}","metadata":${next},"items":[`;
    const body = Buffer.concat([Buffer.from(head), ...items, Buffer.from(']}\n')]);
    return { ...answer(200), body };
  });
  const results = new ResultsCollector();
  const log = new RunLog({ clock: systemClock, results });
  const capture = new Capture({
    cluster,
    name: 'b',
    spec: { includedNamespaces: ['*'] },
    discovery: { ...served, resources: lists.map(({ resource }) => resource) },
    namespaces: [{ meta: { name: 'shop' }, active: true }],
    log,
    progress: () => {},
    signal: new AbortController().signal,
  });
  const writer = new ArchiveWriter(capture.items(), { mtime: new Date(0), memberBytes: 64 << 10 });
  const chunks: Buffer[] = [];
  for await (const chunk of writer.chunks()) chunks.push(chunk);
  const archive = Buffer.concat(chunks);
  const store = new MemoryStore();
  store.memory.write(archiveKey, archive);
  const head = await store.head(archiveKey);
  const contents = new OwnContents({
    vault: store,
    key: archiveKey,
    etag: head!.etag,
    members: writer.members(),
    proof: {
      size: archive.length,
      sha256: createHash('sha256').update(archive).digest('hex'),
      crc64: crc64(archive),
    },
  });
  opened.push(contents);
  const read: ArchivedItem[] = [];
  await contents.check((item) => void read.push(item));
  const streamed: string[] = [];
  const options = { archive: archiveKey, limits: archiveLimits };
  for await (const item of readArchive([archive] as never, options)) streamed.push(item.name);
  const stored = new Map(
    read.map(({ groupResource, namespace: place, name, body }) => [
      `${groupResource} ${place === undefined ? name : `${place}/${name}`}`,
      body.toString('utf8'),
    ]),
  );
  expect(await objectsIn(archive)).toEqual(stored);
  expect(streamed.length).toBe(read.length);
  const { errors } = results.results();
  return { stored, errors: results.counts.errors, text: JSON.stringify(errors) };
}

const roleJson = (name: string, more: object = {}, place: string | undefined = 'shop') =>
  Buffer.from(JSON.stringify({ metadata: { name, namespace: place, ...more }, rules: [] }));
const roles = (...items: Buffer[]): Served => ({ resource: role, pages: [items] });
const good = roleJson('good');
const nested = (depth: number) =>
  Buffer.from(
    `{"metadata":{"name":"deep","namespace":"shop"},"spec":${'['.repeat(depth)}${']'.repeat(depth)}}`,
  );
const raw = (text: string) => Buffer.from(text);

describe('an object that an archive cannot hold is one miss, and the others are in the backup', () => {
  it.each<[string, Buffer, string]>([
    ['a control character in its name', roleJson('a\u0001b'), 'characters that a path cannot hold'],
    ['an escape sequence in its name', roleJson('\u001b[2Ja'), '\\\\u001b[2Ja'],
    ['a NUL in its name', roleJson('a\0b'), 'characters that a path cannot hold'],
    ['a line break in its name', roleJson('a\nb'), 'characters that a path cannot hold'],
    ['a name of 86 Chinese characters', roleJson('中'.repeat(86)), 'its name has 258 bytes'],
    ['a name of 254 letters', roleJson('x'.repeat(254)), 'its name has 254 bytes'],
    ['the name .', roleJson('.'), 'characters that a path cannot hold'],
    ['the name ..', roleJson('..'), 'characters that a path cannot hold'],
    ['a slash in its name', roleJson('../../etc/passwd'), 'characters that a path cannot hold'],
    ['a percent sign in its name', roleJson('a%2fb'), 'characters that a path cannot hold'],
    [
      'half of a surrogate pair in its name',
      raw('{"metadata":{"name":"a\\ud800","namespace":"shop"}}'),
      'path',
    ],
    ['a replacement character in its name', roleJson('a\ufffd'), 'characters that a path cannot hold'],
    ['an empty name', roleJson(''), 'path cannot hold'],
    ['1,100 levels', nested(1_100), 'nests deeper than 1000 levels'],
    [
      'bytes that are not UTF-8',
      Buffer.concat([
        raw('{"metadata":{"name":"x","namespace":"shop"},"a":"'),
        Buffer.from([0xff]),
        raw('"}'),
      ]),
      'is not UTF-8',
    ],
    [
      'a word that is not JSON',
      raw('{"metadata":{"name":"x","namespace":"shop"},"a":nul}'),
      'not valid JSON',
    ],
    [
      'a raw control character in a text',
      raw('{"metadata":{"name":"x","namespace":"shop"},"a":"\u0001"}'),
      'not valid JSON',
    ],
    [
      'an escape that there is not',
      raw(`{"metadata":{"name":"x","namespace":"shop"},"a":"${'y'.repeat(200)}\\x"}`),
      'not valid JSON',
    ],
    ['a comma too many', raw('{"metadata":{"name":"x","namespace":"shop"},"a":[1,]}'), 'not valid JSON'],
    [
      'another kind',
      raw('{"kind":"Secret","metadata":{"name":"x","namespace":"shop"}}'),
      'in a list of Role',
    ],
    [
      'another API group',
      raw('{"apiVersion":"v1","metadata":{"name":"x","namespace":"shop"}}'),
      'another API group',
    ],
    [
      'another version',
      raw('{"apiVersion":"rbac.authorization.k8s.io/v9","metadata":{"name":"x","namespace":"shop"}}'),
      'in a list of Role',
    ],
    [
      'a kind that is a number',
      raw('{"kind":7,"metadata":{"name":"x","namespace":"shop"}}'),
      'names no kind',
    ],
    [
      'metadata twice, of two places',
      raw('{"metadata":{"name":"x","namespace":"shop"},"metadata":{"name":"x"}}'),
      'another namespace',
    ],
    [
      'a second name, with escapes in its key',
      raw('{"metadata":{"name":"x","namespace":"shop","na\\u006de":"y"}}'),
      'another name',
    ],
    ['no namespace', raw('{"metadata":{"name":"x"}}'), 'it names no namespace'],
    ['a namespace that cannot be one', roleJson('x', {}, 'Shop/../..'), 'namespace'],
    ['no name', raw('{"metadata":{"namespace":"shop"}}'), 'not understood'],
    ['no metadata', raw('{"rules":[]}'), 'not understood'],
    ['9 MiB', roleJson('x', { annotations: { a: 'y'.repeat(9 << 20) } }), 'an archive holds at most'],
  ])('with %s', async (_, bad, reason) => {
    const { stored, errors, text } = await backUp([roles(bad, good)]);
    expect([...stored.keys()]).toEqual(['roles.rbac.authorization.k8s.io shop/good']);
    expect(errors).toBe(1);
    expect(text).toContain(reason);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be in it.
    expect(JSON.parse(text).namespaces?.shop?.join('') ?? '').not.toMatch(/[\u0000-\u001f]/);
  });

  it('with a namespace, though its kind has none', async () => {
    const pages = [[raw('{"metadata":{"name":"a"}}'), raw('{"metadata":{"name":"b","namespace":"shop"}}')]];
    const { stored, errors, text } = await backUp([{ resource: resourceNamed('nodes'), pages }]);
    expect([...stored.keys()]).toEqual(['nodes a']);
    expect([errors, text]).toEqual([1, expect.stringContaining('its kind has none')]);
  });
});

describe('what a backup takes as it comes', () => {
  it.each<[string, Buffer[][]]>([
    ['the same object twice in a page', [[good, good]]],
    ['the same object on two pages', [[good], [good]]],
    [
      'the same object again after others',
      [
        [good, roleJson('z')],
        [roleJson('a'), good, roleJson('z')],
      ],
    ],
  ])('%s is stored once', async (_, pages) => {
    const { stored, errors } = await backUp([{ resource: role, pages }]);
    expect(stored.size).toBe(new Set(pages.flat().map(String)).size);
    expect(errors).toBe(0);
  });

  it.each<[string, Buffer]>([
    ['an empty namespace where there is none', raw('{"metadata":{"name":"shop","namespace":""}}')],
    ['white space between tokens', raw('{ "metadata" :\n { "name" : "shop" } }')],
    ['1,000 levels', raw(`{"metadata":{"name":"shop"},"spec":${'['.repeat(999)}${']'.repeat(999)}}`)],
    [
      'numbers of any size',
      raw('{"metadata":{"name":"shop"},"a":[-0,1e400,123456789012345678901234567890,1.5E-7]}'),
    ],
    ['a key twice', raw('{"metadata":{"name":"shop"},"a":1,"a":2}')],
  ])('%s', async (_, item) => {
    const { stored, errors } = await backUp([{ resource: namespace, pages: [[item]] }]);
    expect([...stored.keys()]).toEqual(['namespaces shop']);
    expect(errors).toBe(0);
  });
});

describe('a pod that names a claim as no claim can be called', () => {
  it.each(['a/b', '..', 'a%b', '\ud800'])('is stored, and ends nothing: %j', async (claimName) => {
    const spec = { volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }] };
    const pod = raw(JSON.stringify({ metadata: { name: 'p', namespace: 'shop' }, spec }));
    const { stored } = await backUp([
      { resource: resourceNamed('pods'), pages: [[pod]] },
      { resource: resourceNamed('persistentvolumeclaims'), pages: [[]] },
    ]);
    expect([...stored.keys()]).toEqual(['pods shop/p']);
  });

  it.each([{ volumes: 'x' }, { volumes: [null] }, 'x'])('is a miss where its spec is %j', async (spec) => {
    const pod = raw(
      JSON.stringify({ metadata: { name: 'p', namespace: 'shop' }, spec, ephemeral: 1 }).replace(
        '"ephemeral":1',
        '"a":{"ephemeral":1}',
      ),
    );
    const { stored, errors } = await backUp([
      { resource: resourceNamed('pods'), pages: [[pod, roleJson('q')]] },
    ]);
    expect(stored.has('pods shop/q')).toBe(true);
    expect(errors).toBe(stored.has('pods shop/p') ? 0 : 1);
  });
});

describe('a resource that an archive cannot hold is one miss', () => {
  it.each<[string, Partial<ApiResource>]>([
    ['with a dot in its plural', { resource: 'roles.x' }],
    ['with upper case in its plural', { resource: 'Roles' }],
    ['of a group of 300 letters', { group: 'g'.repeat(300) }],
    ['of a group with a slash', { group: 'a/b' }],
    ['in a version called namespaces', { version: 'namespaces', preferred: false }],
    ['in a version that looks like a preferred one', { version: 'v1-preferredversion', preferred: false }],
    ['that is served twice', {}],
  ])('%s', async (_, odd) => {
    const bad = { ...role, ...odd };
    const { stored, errors } = await backUp([
      { resource: resourceNamed('configmaps'), pages: [[roleJson('cm')]] },
      { resource: role, pages: [[]] },
      { resource: bad, pages: [[roleJson('x')]] },
    ]);
    expect([...stored.keys()]).toEqual(['configmaps shop/cm']);
    expect(errors).toBe(1);
  });
});

describe('whatever an API server sends', () => {
  const name = fc.oneof(
    fc.stringMatching(/^[a-z]{1,3}$/),
    fc.string({ unit: 'binary', maxLength: 90 }),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.constantFrom('.', '..', 'a/b', '%', '\u007f', 'a'.repeat(253), 'é'.repeat(127)),
  );
  const place = fc.oneof(
    { weight: 4, arbitrary: fc.constant('shop') },
    fc.constantFrom('', 'b', 'Shop', '..', undefined),
    fc.string(),
  );
  const object = fc
    .record({
      apiVersion: fc.option(fc.constantFrom('rbac.authorization.k8s.io/v1', 'v1', '', 5), { nil: undefined }),
      kind: fc.option(fc.constantFrom('Role', 'Role', 'Pod', null), { nil: undefined }),
      name,
      namespace: place,
      labels: fc.option(fc.anything(), { nil: undefined }),
      rules: fc.jsonValue(),
      depth: fc.constantFrom(0, 0, 0, 3, 997, 1_100),
    })
    .map(({ apiVersion, kind, labels, rules, depth, ...meta }) => {
      const json = (value: unknown) => {
        try {
          return JSON.stringify(value) ?? 'null';
        } catch {
          return 'null';
        }
      };
      const head = json({ apiVersion, kind }).slice(1, -1);
      const metadata = json({
        ...meta,
        ...(labels === undefined ? {} : { labels: JSON.parse(json(labels)) }),
      });
      const spec = `"rules":${json(rules)},"spec":${'['.repeat(depth)}${']'.repeat(depth)}`;
      return `{${head === '' ? '' : `${head},`}"metadata":${metadata},${depth === 0 ? `"rules":${json(rules)}` : spec}}`;
    });
  /** An object, or one in which a byte is another. */
  const item = fc
    .tuple(
      object,
      fc.option(fc.tuple(fc.nat(), fc.constantFrom(0, 1, 0x0a, 0x20, 0x2c, 0x30, 0x5c, 0x7f, 0xff)), {
        freq: 3,
      }),
    )
    .map(([text, change]) => {
      const bytes = Buffer.from(text);
      // Structure stays, or there would be no page to cut.
      const at = change ? change[0] % bytes.length : 0;
      if (change && !'{}[]":,\\'.includes(String.fromCharCode(bytes[at]!))) bytes[at] = change[1];
      return bytes;
    });

  it('what was written is read, and every object is in it or named as missing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(item, { maxLength: 6 }), { minLength: 1, maxLength: 3 }),
        async (pages) => {
          const backedUp = await backUp([{ resource: role, pages }]).catch((error) => {
            // An API server writes JSON: a page that cannot be cut ends the backup, and nothing is committed.
            expect(error).toBeInstanceOf(NotAnApiServer);
            return undefined;
          });
          if (backedUp === undefined) return expect(pages.flat().every(isJson)).toBe(false);
          const { stored, errors } = backedUp;
          const kept = new Set([...stored.values()].map((body) => JSON.parse(body).metadata.name));
          const lost = pages.flat().filter((bytes) => !kept.has(nameIn(bytes)));
          if (lost.length > 0) expect(errors).toBeGreaterThan(0);
        },
      ),
      { numRuns: 60 },
    );
  });
});

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

/** The name of an object; undefined where it is not JSON. */
function nameIn(bytes: Buffer): unknown {
  return isJson(bytes) ? JSON.parse(bytes.toString('utf8')).metadata?.name : undefined;
}
