// biome-ignore-all lint/suspicious/noAssignInExpressions: a mutation is an assignment
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { pack } from 'tar-stream';
import { checkVault } from './check-vault';
import { type Entry, readArchive } from './read-archive';
import { rules, type Rule } from './rules';
import type { Fields } from './shapes';
import { type VaultView, viewOf } from './vault-view';

const root = join(__dirname, '../fixtures/velero');
const current = 'v1.18.3-kubernetes-v1.37.2';
const old = 'v1.14.0-kubernetes-v1.20.2';

describe('vaults written by real Velero servers', () => {
  it.each(readdirSync(root).filter((name) => /^v\d/.test(name)))('%s breaks no rule', async (name) => {
    expect(await checkVault(join(root, name, 'vault'))).toEqual([]);
  });
});

/** A vault's objects, to be changed. */
type Objects = Map<string, Buffer>;

async function objectsOf(generation: string): Promise<Objects> {
  const view = viewOf(join(root, generation, 'vault'));
  const objects: Objects = new Map();
  for (const one of await view.keys()) objects.set(one, await view.get(one));
  return objects;
}

/** The backups and restores that a mutation touched, after it; the others only cost time. */
async function mutated(generation: string, mutation: Mutation): Promise<VaultView> {
  const before = await objectsOf(generation);
  const after: Objects = new Map(before);
  await mutation(after);
  const directoryOf = (one: string) => one.split('/').slice(0, 2).join('/');
  const touched = new Set(
    [...new Set([...before.keys(), ...after.keys()])]
      .filter((one) => before.get(one) !== after.get(one))
      .map(directoryOf),
  );
  return viewOn(new Map([...after].filter(([one]) => touched.has(directoryOf(one)))));
}

const viewOn = (objects: Objects): VaultView => ({
  keys: async () => [...objects.keys()],
  get: async (key) => objects.get(key)!,
});

// biome-ignore lint/suspicious/noExplicitAny: mutations reach into JSON of every shape
type Json = any;

const key = (backup: string, suffix: string) => `backups/${backup}/${backup}${suffix}`;
const manifestKey = (backup: string) => `backups/${backup}/velero-backup.json`;

type Mutation = (objects: Objects) => void | Promise<void>;

const manifest =
  (backup: string, change: (manifest: Json) => void): Mutation =>
  (objects) => {
    const json = JSON.parse(objects.get(manifestKey(backup))!.toString());
    change(json);
    objects.set(manifestKey(backup), Buffer.from(JSON.stringify(json)));
  };
const status = (backup: string, changes: Fields): Mutation =>
  manifest(backup, (json) => Object.assign(json.status, changes));
const spec = (backup: string, changes: Fields): Mutation =>
  manifest(backup, (json) => Object.assign(json.spec, changes));

const file =
  (objectKey: string, change: (json: Json) => unknown): Mutation =>
  (objects) => {
    const json = JSON.parse(gunzipSync(objects.get(objectKey)!).toString());
    objects.set(objectKey, gzipSync(JSON.stringify(change(json) ?? json)));
  };
const raw =
  (objectKey: string, change: (bytes: Buffer) => Buffer): Mutation =>
  (objects) => {
    objects.set(objectKey, change(objects.get(objectKey)!));
  };
const text = (objectKey: string, change: (text: string) => string): Mutation =>
  raw(objectKey, (bytes) => gzipSync(change(gunzipSync(bytes).toString())));

const archive =
  (backup: string, change: (entries: Entry[]) => Entry[] | undefined): Mutation =>
  async (objects) => {
    const entries = (await readArchive(objects.get(key(backup, '.tar.gz'))!, () => true))!;
    objects.set(key(backup, '.tar.gz'), gzipSync(await tarOf(change(entries) ?? entries)));
  };

async function tarOf(entries: readonly Entry[]): Promise<Buffer> {
  const tar = pack();
  for (const { path, type, mode, owner, body } of entries) {
    const [uid, gid, uname = '', gname = ''] = owner.split(' ');
    const header = { name: path, mode, uid: Number(uid), gid: Number(gid), uname, gname };
    if (type === 'symlink') tar.entry({ ...header, type, linkname: 'elsewhere' });
    else if (type === 'directory') tar.entry({ ...header, type });
    else tar.entry(header, body);
  }
  tar.finalize();
  const parts: Buffer[] = [];
  for await (const part of tar) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

const entryAt = (entries: Entry[], path: RegExp): Entry => entries.find((one) => path.test(one.path))!;
const podPath = /^resources\/pods\/namespaces\//;
const preferredPod = /^resources\/pods\/v1-preferredversion\/namespaces\//;

const json =
  (path: RegExp, change: (object: Json) => void) =>
  (entries: Entry[]): undefined => {
    for (const entry of entries.filter((one) => path.test(one.path))) {
      const object = JSON.parse(entry.body.toString());
      change(object);
      entry.body = Buffer.from(JSON.stringify(object));
    }
    return undefined;
  };

/** What breaks a rule, each in a vault that breaks none. */
const mutations: [rule: Rule, what: string, mutation: Mutation, generation?: string][] = [
  ['legal-directories', 'a directory of another program', (o) => void o.set('lifeboat/x', Buffer.alloc(0))],
  ['legal-directories', "a console's directory placeholder", (o) => void o.set('logs/', Buffer.alloc(0))],
  ['manifest-present', 'no manifest', (o) => void o.delete(manifestKey('shop-fs'))],
  [
    'backup-name',
    'a name in capitals',
    (o) => {
      for (const [one, bytes] of [...o].filter(([name]) => name.startsWith('backups/shop-fs/')))
        o.set(one.replaceAll('shop-fs', 'Shop_fs'), bytes);
    },
  ],
  ...[
    '.tar.gz',
    '-logs.gz',
    '-results.gz',
    '-resource-list.json.gz',
    '-podvolumebackups.json.gz',
    '-volumesnapshots.json.gz',
    '-itemoperations.json.gz',
    '-volumeinfo.json.gz',
  ].flatMap((suffix): [Rule, string, Mutation][] => [
    ['file-present', `no ${suffix}`, (o) => void o.delete(key('shop-labels', suffix))],
    ['file-gzip', `a cut ${suffix}`, raw(key('shop-labels', suffix), (b) => b.subarray(0, b.length - 5))],
    [
      'file-gzip',
      `a longer ${suffix}`,
      raw(key('shop-labels', suffix), (b) => Buffer.concat([b, Buffer.alloc(3)])),
    ],
  ]),
  ['file-json', 'results without JSON', raw(key('scoped', '-results.gz'), () => gzipSync('no'))],
  [
    'manifest-json',
    'a manifest cut short',
    raw(manifestKey('shop-labels'), (b) => b.subarray(0, b.length - 2)),
  ],
  ['manifest-kind', 'no kind', manifest('shop-labels', (m) => void delete m.kind)],
  ['manifest-name', 'the name of another', manifest('shop-labels', (m) => void (m.metadata.name = 'other'))],
  ['manifest-metadata', 'no uid', manifest('shop-labels', (m) => void delete m.metadata.uid)],
  ['manifest-labels', 'no location label', manifest('shop-labels', (m) => void (m.metadata.labels = {}))],
  ['manifest-labels', 'a number as label', manifest('shop-labels', (m) => void (m.metadata.labels.a = 1))],
  [
    'label-syntax',
    'a label of 64 characters',
    manifest('shop-labels', (m) => void (m.metadata.labels.a = 'x'.repeat(64))),
  ],
  [
    'label-syntax',
    'a key with two prefixes',
    manifest('shop-labels', (m) => void (m.metadata.annotations['a/b/c'] = 'x')),
  ],
  [
    'manifest-annotations',
    'no annotations',
    manifest('shop-labels', (m) => void (m.metadata.annotations = {})),
  ],
  ['spec-types', 'text for a list', spec('shop-labels', { includedNamespaces: 'shop' })],
  ['spec-types', 'a ttl in seconds', spec('shop-labels', { ttl: 3600 })],
  ['spec-defaults', 'no hooks', manifest('shop-labels', (m) => void delete m.spec.hooks)],
  ['spec-defaults', 'no namespaces', spec('shop-labels', { includedNamespaces: [] })],
  ['spec-filters', 'both families', spec('shop-labels', { includeClusterResources: true })],
  ['spec-filters', 'more than everything', spec('shop-labels', { includedNamespaces: ['*', 'shop'] })],
  ['status-version', 'no version', status('shop-labels', { version: undefined })],
  ['format-version', 'another format', status('shop-labels', { formatVersion: '1.10.0' })],
  ['phase-terminal', 'a phase that passes', status('shop-labels', { phase: 'Finalizing' })],
  ['phase-terminal', 'an unknown phase', status('shop-labels', { phase: 'Done' })],
  ['phase-errors', 'errors in a completed backup', status('partial', { phase: 'Completed' })],
  ['phase-errors', 'a partial failure without errors', status('shop-labels', { phase: 'PartiallyFailed' })],
  [
    'timestamps',
    'an end before the start',
    status('shop-labels', { completionTimestamp: '2026-01-01T00:00:00Z' }),
  ],
  ['timestamps', 'milliseconds', status('shop-labels', { startTimestamp: '2026-11-22T20:58:41.123Z' })],
  ['expiration', 'one of another ttl', spec('shop-labels', { ttl: '24h0m0s' })],
  ['expiration', 'one that is no time', status('shop-labels', { expiration: 'never' })],
  ['count-types', 'a zero', status('shop-labels', { warnings: 0 })],
  ['count-types', 'a text', status('shop-labels', { errors: '4' })],
  ['count-errors', 'too few', status('partial', { errors: 3 })],
  ['count-warnings', 'too many', status('shop-labels', { warnings: 1 })],
  ['count-items', 'too few', status('shop-labels', { progress: { totalItems: 11, itemsBackedUp: 12 } })],
  ['count-hooks', 'more failed than tried', status('shop-labels', { hookStatus: { hooksFailed: 1 } })],
  ['count-operations', 'none of one', status('shop-csi', { backupItemOperationsAttempted: undefined })],
  ['count-snapshots', 'one of none', status('shop-labels', { volumeSnapshotsAttempted: 1 })],
  [
    'count-snapshots',
    'no CSI snapshot of one',
    status('shop-csi', { csiVolumeSnapshotsAttempted: undefined }),
  ],
  ['results-shape', 'no warnings', file(key('scoped', '-results.gz'), () => ({ errors: {} }))],
  ['results-shape', 'a flat list', file(key('scoped', '-results.gz'), () => ({ errors: [], warnings: {} }))],
  [
    'resource-list-shape',
    'a kind alone',
    file(key('scoped', '-resource-list.json.gz'), (j) => ({ ...j, Pod: [] })),
  ],
  [
    'resource-list-shape',
    'names out of order',
    file(key('scoped', '-resource-list.json.gz'), (j) => void j['v1/ConfigMap'].reverse()),
  ],
  ['pod-volume-backups-shape', 'an object', file(key('shop-fs', '-podvolumebackups.json.gz'), () => ({}))],
  [
    'pod-volume-backups-shape',
    'no pod',
    file(key('shop-fs', '-podvolumebackups.json.gz'), (j) => void delete j[0].spec.pod),
  ],
  ['volume-snapshots-shape', 'a text', file(key('shop-fs', '-volumesnapshots.json.gz'), () => 'none')],
  [
    'item-operations-shape',
    'one that goes on',
    file(key('shop-csi', '-itemoperations.json.gz'), (j) => void (j[0].status.phase = 'InProgress')),
  ],
  ['csi-files-shape', 'a text', file(key('legacy', '-csi-volumesnapshots.json.gz'), () => 'none'), old],
  [
    'volume-info-shape',
    'no flag',
    file(key('scoped', '-volumeinfo.json.gz'), (j) => void delete j[0].preserveLocalSnapshot),
  ],
  [
    'volume-info-skipped',
    'no reason',
    file(key('scoped', '-volumeinfo.json.gz'), (j) => void delete j[0].skippedReason),
  ],
  [
    'volume-info-skipped',
    'a method without its info',
    file(key('shop-fs', '-volumeinfo.json.gz'), (j) => void delete j[0].pvbInfo),
  ],
  ['volume-info-volumes', 'nothing of the volume', file(key('scoped', '-volumeinfo.json.gz'), () => [])],
  [
    'volume-info-policy',
    'another policy',
    file(key('scoped', '-volumeinfo.json.gz'), (j) => void (j[0].pvInfo.reclaimPolicy = 'Retain')),
  ],
  [
    'volume-info-claims',
    'another volume',
    file(key('shop-fs', '-volumeinfo.json.gz'), (j) => [
      { ...j[0], pvName: 'pv-2' },
      { ...j[0], pvcName: 'x' },
    ]),
  ],
  ['log-lines', 'words', text(key('scoped', '-logs.gz'), (log) => `${log}done\n`)],
  ['log-lines', 'no line', text(key('scoped', '-logs.gz'), () => '')],
  [
    'log-counts',
    'an error',
    text(key('scoped', '-logs.gz'), (log) => log.replace('level=info', 'level=error')),
  ],
  [
    'archive-tar',
    'a trailer in the middle',
    raw(key('scoped', '.tar.gz'), (b) => gzipSync(Buffer.concat([Buffer.alloc(1024), gunzipSync(b)]))),
  ],
  [
    'archive-tar',
    'a half block',
    raw(key('scoped', '.tar.gz'), (b) => gzipSync(gunzipSync(b).subarray(0, 5_000))),
  ],
  ['archive-version-first', 'the version last', archive('scoped', ([first, ...rest]) => [...rest, first!])],
  [
    'archive-version-first',
    'another version',
    archive('scoped', ([first]) => void (first!.body = Buffer.from('1.2.0\n'))),
  ],
  [
    'archive-entry-type',
    'a link',
    archive('shop-fs', (all) => [
      ...all,
      { ...entryAt(all, podPath), path: 'resources/link', type: 'symlink' },
    ]),
  ],
  [
    'archive-entry-mode',
    'a file for reading',
    archive('shop-fs', (all) => void (entryAt(all, podPath).mode = 0o644)),
  ],
  [
    'archive-entry-owner',
    'a user',
    archive('shop-fs', (all) => void (entryAt(all, podPath).owner = '1000 0 me me')),
  ],
  [
    'archive-path-safe',
    'a way out',
    archive('shop-fs', (all) => [...all, { ...entryAt(all, podPath), path: 'resources/../../etc/passwd' }]),
  ],
  [
    'archive-path-shape',
    'a group before its resource',
    archive('shop-fs', (all) => [
      ...all,
      { ...entryAt(all, podPath), path: 'resources/Pods/cluster/a.json' },
    ]),
  ],
  ['archive-path-once', 'a pod twice', archive('shop-fs', (all) => [...all, entryAt(all, podPath)])],
  [
    'archive-name-length',
    'a name of 252 characters',
    archive('shop-fs', (all) => [
      ...all,
      { ...entryAt(all, podPath), path: `resources/pods/namespaces/shop/${'x'.repeat(252)}.json` },
    ]),
  ],
  [
    'archive-copies',
    'no classic path',
    archive('shop-fs', (all) => all.filter(({ path }) => !podPath.test(path))),
  ],
  [
    'archive-copies',
    'no preferred version',
    archive('shop-fs', (all) => all.filter(({ path }) => !preferredPod.test(path))),
  ],
  [
    'archive-copies-alike',
    'a copy with more',
    archive(
      'shop-fs',
      json(preferredPod, (pod) => void (pod.more = true)),
    ),
  ],
  [
    'item-json',
    'no kind',
    archive(
      'shop-fs',
      json(/\/pods\//, (pod) => void delete pod.kind),
    ),
  ],
  [
    'item-json',
    'a cut object',
    archive('shop-fs', (all) => void (entryAt(all, podPath).body = Buffer.from('{"a":'))),
  ],
  [
    'item-path',
    'another name',
    archive(
      'shop-fs',
      json(/\/pods\//, (pod) => void (pod.metadata.name = 'x')),
    ),
  ],
  [
    'item-path',
    'another group',
    archive(
      'shop-fs',
      json(/\/pods\//, (pod) => void (pod.apiVersion = 'x/v1')),
    ),
  ],
  [
    'item-version',
    'another version than its directory',
    archive(
      'shop-fs',
      json(/\/deployments\.apps\//, (deployment) => void (deployment.apiVersion = 'apps/v1beta1')),
    ),
  ],
  ['item-listed', 'no pods', file(key('shop-fs', '-resource-list.json.gz'), (j) => void delete j['v1/Pod'])],
  [
    'list-archived',
    'no pods',
    archive('shop-fs', (all) => all.filter(({ path }) => !path.includes('/pods/'))),
  ],
  [
    'restore-names',
    'volume info under the name of the others',
    (o) => {
      const directory = 'restores/shop-fs-1/';
      o.set(
        `${directory}restore-shop-fs-1-volumeinfo.json.gz`,
        o.get(`${directory}shop-fs-1-volumeinfo.json.gz`)!,
      );
      o.delete(`${directory}shop-fs-1-volumeinfo.json.gz`);
    },
  ],
  [
    'restore-files',
    'a cut log',
    raw('restores/shop-fs-1/restore-shop-fs-1-logs.gz', (b) => b.subarray(0, 99)),
  ],
  [
    'restore-list',
    'names without what was done',
    file('restores/shop-fs-1/restore-shop-fs-1-resource-list.json.gz', () => ({ 'v1/Pod': ['shop/web'] })),
  ],
];

describe('a vault that breaks a rule', () => {
  it.each(mutations)('is found out: %s, %s', async (rule, _what, mutation, generation = current) => {
    const vault = await mutated(generation, mutation);
    expect((await checkVault(vault)).map((breach) => breach.rule)).toContain(rule);
  });

  it('is shown above for every rule there is', () => {
    const broken = new Set(mutations.map(([rule]) => rule));
    expect(Object.keys(rules).filter((rule) => !broken.has(rule as Rule))).toEqual([]);
  });
});

describe('what Velero tolerates', () => {
  it.each<[string, Mutation]>([
    ['files that it does not know', (o) => void o.set(key('scoped', '-more.json.gz'), Buffer.from('x'))],
    ['loose objects at the root', (o) => void o.set('README.md', Buffer.from('x'))],
    [
      'an archive of several gzip members',
      raw(key('scoped', '.tar.gz'), (bytes) => {
        const tar = gunzipSync(bytes);
        return Buffer.concat([gzipSync(tar.subarray(0, 5_120)), gzipSync(tar.subarray(5_120))]);
      }),
    ],
    ['a backup that never expires', manifest('shop-labels', (m) => void delete m.status.expiration)],
    ['[] for null', file(key('scoped', '-volumesnapshots.json.gz'), () => [])],
  ])('breaks no rule: %s', async (_what, mutation) => {
    expect(await checkVault(await mutated(current, mutation))).toEqual([]);
  });
});
