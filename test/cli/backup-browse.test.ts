import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { load } from 'js-yaml';
import pc from 'picocolors';
import { extract } from 'tar-stream';
import type { CommandLine } from '../../cli/command-line';
import { backupCommand } from '../../cli/commands/backup';
import { type SandboxCluster, startSandboxCluster } from '../../local/cluster/server';
import { bareApi, bareRequest } from '../../local/proof/bare-api';
import { LifeboatError } from '../../shared/platform/errors';
import type { Installation } from '../../shared/app/installation';
import { systemClock, systemRandom } from '../../shared/platform/system';
import { transcriptsOf, withoutWhatChanges } from '../harness/transcripts';
import { configMapItem, putEarlierArchive } from '../shared/formats/vault/archive/earlier-archive';
import { BackupRig, connected } from '../shared/operations/backup/backup-rig';

const secret = 'token-of-the-bank';
const shop = `apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop, labels: {tier: web}}
data: {color: blue, "yes": "on"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: untouched, namespace: shop}
data: {a: "1"}
---
apiVersion: v1
kind: Secret
metadata:
  name: payment
  namespace: shop
  annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"stringData":{"token":"${secret}"}}'}
stringData: {token: ${secret}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "nginx:1"}]}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: gadgets, singular: gadget, kind: Gadget}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`;

let rig: BackupRig;
let sandbox: SandboxCluster;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-browse-'));
  // Two backups of one second would be shown as made at one time; and the one of Velero below is the oldest.
  let hours = 0;
  rig = await BackupRig.start({ ...systemClock, now: () => new Date(Date.UTC(2030, 0, 1, hours)) });
  sandbox = await startSandboxCluster({ name: 'a' });
  await sandbox.load(shop);
  const api = bareApi(sandbox.kubeconfig);
  // A number that no JavaScript number holds.
  const gadget = `{"apiVersion":"example.com/v1","kind":"Gadget","metadata":{"name":"big"},"spec":{"serial":9007199254740993}}`;
  await bareRequest(api, 'POST', '/apis/example.com/v1/namespaces/shop/gadgets', gadget);
  const cluster = await connected('a', sandbox.kubeconfig);
  const spec = { includedNamespaces: ['shop'] };
  const backUp = async (name: string) => {
    hours++;
    await rig.backUp(cluster, name, spec);
    // What proves a backup is its commit and the request that it answers.
    const { request } = rig.job(cluster, name, spec);
    await state().put(`runs/backups/${name}/request.json`, Buffer.from(JSON.stringify(request)));
  };
  await backUp('shop-1');
  await backUp('shop-2');
  const configMap = '/api/v1/namespaces/shop/configmaps';
  const merge = 'application/merge-patch+json';
  await bareRequest(api, 'PATCH', `${configMap}/settings`, '{"data":{"color":"red","size":"L"}}', merge);
  const changed = JSON.stringify({ data: { token: Buffer.from('another').toString('base64') } });
  await bareRequest(api, 'PATCH', '/api/v1/namespaces/shop/secrets/payment', changed, merge);
  await bareRequest(api, 'DELETE', '/apis/apps/v1/namespaces/shop/deployments/web');
  const added = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"new"}}';
  await bareRequest(api, 'POST', configMap, added);
  await backUp('shop-3');
  cluster.close();
  const fixture = join(__dirname, '../fixtures/velero/v1.18.3-kubernetes-v1.37.2/vault');
  for (const file of readdirSync(join(fixture, 'backups/scoped')))
    await rig.vault.put(`backups/scoped/${file}`, readFileSync(join(fixture, 'backups/scoped', file)));
}, 60_000);
afterAll(async () => {
  await sandbox?.close();
  await rig?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const state = () => rig.store('state-bucket', 'state');

/** Runs `lifeboat backup …` with the rig's vault as the only one; what it prints holds no Secret's value. */
async function browse(...parameters: string[]): Promise<{ code: number; out: string; notes: string[] }> {
  const seen = { code: 0, out: '', notes: [] as string[] };
  const manifest = { kind: 'Vault', metadata: { name: 'main' }, spec: {} };
  const vaults = { list: async () => ({ items: [manifest] }), get: async () => manifest };
  const installation = {
    state: { vaults, store: state() },
    settings: {},
    clock: systemClock,
    holder: 'test',
    random: systemRandom,
    openVaultStore: () => rig.vault,
    openCluster: (name: string) => connected(name, sandbox.kubeconfig),
  } as unknown as Installation;
  const line: CommandLine = {
    screen: {
      out: (text: string) => {
        seen.out += `${text}\n`;
      },
      note: (text: string) => void seen.notes.push(text),
      live: false,
      colors: pc.createColors(false),
    },
    clock: systemClock,
    open: async () => installation,
    exitWith: (code: number) => {
      seen.code = code;
    },
  } as unknown as CommandLine;
  await backupCommand(line).parseAsync(parameters, { from: 'user' });
  const wanted = parameters.includes('--show-secrets') || parameters.includes('--include-secrets');
  if (!wanted) expectNoSecret(seen.out + seen.notes.join('\n'));
  return seen;
}

function expectNoSecret(text: string): void {
  for (const value of [secret, 'another']) {
    expect(text).not.toContain(value);
    expect(text).not.toContain(Buffer.from(value).toString('base64'));
  }
}

describe('lifeboat backup tree', () => {
  it('shows namespaces, kinds and objects with counts', async () => {
    const { out } = await browse('tree', 'shop-1');
    expect(out).toMatch(/^\d+ objects\n/);
    expect(out).toMatch(
      /^namespace shop \(\d+\)\n {2}ConfigMap v1 \(3\)\n {4}kube-root-ca.crt\n {4}settings\n {4}untouched$/m,
    );
    expect(out).toMatch(
      /^cluster-scoped \(\d+\)\n {2}CustomResourceDefinition .*\n {4}gadgets.example.com$/m,
    );
    expect((await browse('tree', 'shop-1', '--kinds')).out).not.toContain('settings');
    const tree = JSON.parse((await browse('tree', 'shop-1', '-n', 'shop', '-o', 'json')).out);
    expect(tree.clusterScoped.objects).toBe(0);
    expect(tree.objects).toBe(tree.namespaces[0].objects);
    await expect(browse('tree', 'shop-1', '-n', 'other')).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('shows what a real Velero stored', async () => {
    const { out } = await browse('tree', 'scoped', '--kinds');
    expect(out).toMatch(/^namespace \S+ \(\d+\)$/m);
  });
});

describe('lifeboat backup show', () => {
  it('shows one object as YAML, by any name that kubectl knows, with every digit', async () => {
    for (const [kind, place] of [
      ['configmap', 'shop/settings'],
      ['cm', 'shop/settings'],
      ['ConfigMaps', 'shop/settings'],
    ] as const)
      expect(load((await browse('show', 'shop-1', kind, place)).out)).toMatchObject({
        kind: 'ConfigMap',
        data: { color: 'blue', yes: 'on' },
      });
    expect((await browse('show', 'shop-1', 'deploy', 'web', '-n', 'shop')).out).toContain('replicas: 2');
    expect((await browse('show', 'shop-1', 'gadget', 'shop/big')).out).toMatch(
      /^ {2}serial: 9007199254740993$/m,
    );
    expect((await browse('show', 'shop-1', 'gadgets.example.com', 'shop/big', '-o', 'json')).out).toContain(
      '"serial":9007199254740993',
    );
    expect((await browse('show', 'shop-1', 'crd', 'gadgets.example.com', '--clean')).out).not.toMatch(
      /^(status:| {2}uid:)/m,
    );
  });

  it('hides the values of a Secret unless they are asked for', async () => {
    const hidden = await browse('show', 'shop-1', 'secret', 'shop/payment');
    expect(load(hidden.out)).toMatchObject({ data: { token: '(hidden)' } });
    expect(hidden.notes.join()).toContain('--show-secrets');
    const shown = await browse('show', 'shop-1', 'secret', 'shop/payment', '--show-secrets');
    expect(load(shown.out)).toMatchObject({ data: { token: Buffer.from(secret).toString('base64') } });
  });

  it('says what is not there, and what names no object', async () => {
    await expect(browse('show', 'shop-1', 'cm', 'shop/none')).rejects.toMatchObject({
      kind: 'not-found',
      hint: expect.stringContaining('backup tree shop-1'),
    });
    for (const place of ['a/b/c', '/x', ''])
      await expect(browse('show', 'shop-1', 'cm', place)).rejects.toMatchObject({ kind: 'invalid' });
    await expect(browse('show', 'shop-1', 'cm', 'shop/x', '-n', 'other')).rejects.toMatchObject({
      kind: 'invalid',
    });
  });

  it('shows objects of a backup that a real Velero wrote', async () => {
    const tree = JSON.parse((await browse('tree', 'scoped', '-o', 'json')).out);
    const { name, kinds } = tree.namespaces[0];
    const { kind, objects } = kinds.find((one: { kind: string }) => one.kind !== 'Secret');
    const { out } = await browse('show', 'scoped', kind, `${name}/${objects[0]}`);
    expect(load(out)).toMatchObject({ kind, metadata: { name: objects[0], namespace: name } });
  });
});

describe('lifeboat backup export', () => {
  it('makes a folder of clean YAML that a new cluster takes, without Secrets and what clusters make themselves', async () => {
    const target = join(folder, 'exported');
    const { notes } = await browse('export', 'shop-1', target);
    const files = filesIn(target);
    expect(files).toEqual([
      'cluster/customresourcedefinitions.apiextensions.k8s.io/gadgets.example.com.yaml',
      'cluster/namespaces/shop.yaml',
      'namespaces/shop/configmaps/settings.yaml',
      'namespaces/shop/configmaps/untouched.yaml',
      'namespaces/shop/deployments.apps/web.yaml',
      'namespaces/shop/gadgets.example.com/big.yaml',
      'namespaces/shop/serviceaccounts/default.yaml',
    ]);
    expect(notes.join('\n')).toMatch(/1 left out: Secrets are left out/);
    const texts = files.map((file) => readFileSync(join(target, file), 'utf8'));
    expect(load(texts[2]!)).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'shop', labels: { tier: 'web' } },
      data: { color: 'blue', yes: 'on' },
    });
    for (const text of texts)
      expect(text).not.toMatch(
        /^( {2}(uid|resourceVersion|creationTimestamp|managedFields|generation):|status:)/m,
      );
    const fresh = await startSandboxCluster({ name: 'fresh' });
    try {
      await fresh.load(texts.filter((text) => !/kind: (Gadget|ServiceAccount)\n/.test(text)).join('---\n'));
      const web = JSON.parse(
        (
          await bareRequest(bareApi(fresh.kubeconfig), 'GET', '/apis/apps/v1/namespaces/shop/deployments/web')
        ).toString(),
      );
      expect(web.spec.replicas).toBe(2);
    } finally {
      await fresh.close();
    }
    await expect(browse('export', 'shop-1', target)).rejects.toMatchObject({ kind: 'invalid' });
  });

  it('takes Secrets when they are asked for, into files that nobody else reads', async () => {
    const target = join(folder, 'with-secrets');
    await browse('export', 'shop-1', target, '-n', 'shop', '--include-secrets');
    const file = join(target, 'namespaces/shop/secrets/payment.yaml');
    expect(load(readFileSync(file, 'utf8'))).toMatchObject({
      data: { token: Buffer.from(secret).toString('base64') },
    });
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('makes a tar of the same files', async () => {
    const target = join(folder, 'exported.tar');
    await browse('export', 'shop-1', target, '--tar');
    const unpack = extract();
    const names: string[] = [];
    unpack.end(readFileSync(target));
    for await (const entry of unpack) {
      names.push(entry.header.name);
      entry.resume();
    }
    expect(names.sort()).toEqual(filesIn(join(folder, 'exported')));
  });
});

describe('lifeboat backup diff', () => {
  it('finds nothing between two backups of the same, and every change between others', async () => {
    expect((await browse('diff', 'shop-1', 'shop-2')).out).toMatch(
      /^0 added, 0 removed, 0 changed, [1-9]\d* the same/m,
    );
    const { out } = await browse('diff', 'shop-1', 'shop-3');
    expect(out.split('\n')).toEqual([
      '+ configmaps shop/new',
      '~ configmaps shop/settings',
      '    data.color: "blue" → "red"',
      '    data.size: + "L"',
      '- deployments.apps shop/web',
      '~ secrets shop/payment',
      expect.stringMatching(/^ {4}data.token: "hidden [0-9a-f]{12}" → "hidden [0-9a-f]{12}"$/),
      expect.stringMatching(/^1 added, 1 removed, 2 changed, \d+ the same \(\d+ not compared\)$/),
      '',
    ]);
    const back = JSON.parse((await browse('diff', 'shop-3', 'shop-1', '-o', 'json')).out);
    expect(back).toMatchObject({ added: 1, removed: 1, changed: 2 });
  });

  it('compares a backup with what is in a cluster now, and changes nothing in it', async () => {
    expect((await browse('diff', 'shop-3', '--cluster', 'a')).out).toMatch(/^0 added, 0 removed, 0 changed/m);
    const { out } = await browse('diff', 'shop-1', '--cluster', 'a', '-n', 'shop');
    expect(out).toContain('+ configmaps shop/new\n~ configmaps shop/settings\n');
    expect(out).toMatch(/^1 added, 1 removed, 2 changed/m);
  });

  it('wants one other side', async () => {
    await expect(browse('diff', 'shop-1')).rejects.toMatchObject({ kind: 'invalid' });
    await expect(browse('diff', 'shop-1', 'shop-2', '--cluster', 'a')).rejects.toMatchObject({
      kind: 'invalid',
    });
  });
});

describe('lifeboat backup search', () => {
  it('shows each content that an object had, and the backups that hold it', async () => {
    const { out } = await browse('search', 'configmap', 'shop/settings');
    expect(out).toMatch(
      /^version [0-9a-f]{12}, \S+\n {2}in shop-3\n {4}data.color: "blue" → "red"\n {4}data.size: \+ "L"\nversion [0-9a-f]{12}, .+\n {2}in shop-2\n {2}in shop-1\n/,
    );
    // The one that a real Velero wrote holds another of this name.
    expect(out).toMatch(/^version [0-9a-f]{12}, \S+\n {2}in scoped\n$/m);
    const { versions, without } = JSON.parse(
      (await browse('search', 'cm', 'shop/untouched', '-o', 'json')).out,
    );
    expect(versions).toHaveLength(1);
    expect(without).toEqual(['scoped']);
    const secrets = JSON.parse((await browse('search', 'secret', 'shop/payment', '-o', 'json')).out);
    expect(secrets.versions).toHaveLength(2);
    await expect(browse('search', 'cm', 'shop/never')).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('lifeboat backup download', () => {
  it('brings every file as it lies in the vault, each verified', async () => {
    const target = join(folder, 'shop-1');
    const { out } = await browse('download', 'shop-1', target);
    expect(out).not.toContain('what OSS holds');
    for (const file of readdirSync(target)) {
      const { body } = await rig.vault.get(`backups/shop-1/${file}`);
      expect(readFileSync(join(target, file)).equals(body)).toBe(true);
    }
    expect(readdirSync(target)).toContain('velero-backup.json');
    await browse('download', 'scoped', join(folder, 'scoped'));
    await expect(browse('download', 'shop-1', target)).rejects.toThrow(LifeboatError);
  });

  it('leaves nothing where a file is not what was written', async () => {
    const key = 'backups/shop-2/shop-2-logs.gz';
    const { body } = await rig.vault.get(key);
    await rig.vault.put(key, Buffer.concat([body, Buffer.from('x')]));
    const target = join(folder, 'broken');
    await expect(browse('download', 'shop-2', target)).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringContaining('shop-2-logs.gz is not what was written'),
    });
    expect([target, `${target}.part`].filter((path) => existsSync(path))).toEqual([]);
  });
});

describe('a backup that claims to be of Lifeboat and cannot be proved', () => {
  beforeAll(async () => {
    const cluster = await connected('a', sandbox.kubeconfig);
    // No request of this installation: another one made it, and signed it with no key.
    await rig.backUp(cluster, 'theirs', { includedNamespaces: ['shop'] });
    cluster.close();
  });
  afterAll(async () => {
    const keys: string[] = [];
    for await (const page of rig.vault.list('backups/theirs/'))
      keys.push(...page.objects.map(({ key }) => key));
    await rig.vault.delete(keys);
  });

  it.each<[string, string[]]>([
    ['tree', ['tree', 'theirs']],
    ['show', ['show', 'theirs', 'cm', 'shop/settings']],
    ['export', ['export', 'theirs', 'EXPORTED']],
    ['diff', ['diff', 'shop-3', 'theirs']],
    ['download', ['download', 'theirs', 'DOWNLOADED']],
  ])('is refused by %s until it is named as unproved, which is noted', async (_, words) => {
    const parameters = words.map((word) => (/^[A-Z]+$/.test(word) ? join(folder, word) : word));
    await expect(browse(...parameters)).rejects.toMatchObject({
      kind: 'denied',
      message: expect.stringContaining('cannot be proved to be what Lifeboat wrote'),
    });
    const before = (await audits()).length;
    const { notes } = await browse(...parameters, '--unproved', 'theirs');
    expect(notes.join('\n')).toContain('Origin of backup theirs: NOT PROVED: ');
    const entries = await audits();
    expect(entries).toHaveLength(before + 1);
    expect(entries.join()).toContain('unproved backup to read');
    await expect(browse(...parameters, '--unproved', 'other')).rejects.toMatchObject({
      kind: expect.stringMatching(/^(invalid|denied)$/),
    });
  });

  it('is told as unreadable by search, and its objects are not shown', async () => {
    const { code, notes, out } = await browse('search', 'cm', 'shop/new');
    expect(notes.join('\n')).toContain(
      'theirs cannot be read: backup "theirs" in vault "main" cannot be proved',
    );
    expect(out).not.toContain('in theirs');
    expect(code).not.toBe(0);
  });
});

describe('a backup of Velero', () => {
  it('is shown, and a note says that nothing proves it', async () => {
    const { notes } = await browse('tree', 'scoped', '--kinds');
    expect(notes).toEqual([
      'Origin of backup scoped: not provable: Velero wrote it, and Velero signs nothing.',
    ]);
  });
});

async function audits(): Promise<string[]> {
  const entries: string[] = [];
  for await (const page of state().list('audit/'))
    for (const { key } of page.objects) entries.push((await state().get(key)).body.toString());
  return entries;
}

describe('docs/browse.md', () => {
  const shown = transcriptsOf('browse.md');

  it.each(shown.map((one) => [one.parameters.join(' '), one] as const))(
    'shows what %s prints',
    async (_command, { parameters: [first, ...rest], output }) => {
      expect(first).toBe('backup');
      expect(withoutWhatChanges((await browse(...rest)).out)).toBe(withoutWhatChanges(output));
    },
  );
});

/** Paths of all files below, sorted. */
function filesIn(directory: string): string[] {
  return (readdirSync(directory, { recursive: true }) as string[])
    .filter((path) => statSync(join(directory, path)).isFile())
    .sort();
}

describe('a backup of an earlier release, with an object that no reader takes', () => {
  beforeAll(async () => {
    const cluster = await connected('a', sandbox.kubeconfig);
    const spec = { includedNamespaces: ['shop'] };
    const { request } = rig.job(cluster, 'earlier', spec);
    await rig.backUp(cluster, 'earlier', spec);
    cluster.close();
    const items = [configMapItem('shop', 'settings'), configMapItem('shop', 'x'.repeat(254))];
    await putEarlierArchive(rig.vault, 'earlier', items);
    const run = 'runs/backups/earlier/';
    await state().put(`${run}request.json`, Buffer.from(JSON.stringify(request)));
    // The commit of the release that wrote it.
    const commit = JSON.parse((await state().get(`${run}commit.json`)).body.toString());
    const key = 'backups/earlier/earlier-lifeboat.json.gz';
    const digest = createHash('sha256')
      .update((await rig.vault.get(key)).body)
      .digest('hex');
    for (const file of commit.files) if (file.key === key) file.sha256 = digest;
    await state().put(`${run}commit.json`, Buffer.from(JSON.stringify(commit)));
  });
  afterAll(async () => {
    const keys: string[] = [];
    for await (const { objects } of rig.vault.list('backups/earlier/'))
      keys.push(...objects.map(({ key }) => key));
    await rig.vault.delete(keys);
  });
  const told = expect.stringMatching(
    /^Backup earlier: entry "[^"]*x{200,}\.json" has an unsafe path; it is left out\.$/,
  );

  it('is exported without it, which is said, and the exit code is that of damaged data', async () => {
    const target = join(folder, 'earlier');
    const { code, notes } = await browse('export', 'earlier', target);
    expect(code).toBe(6);
    expect(notes).toContainEqual(told);
    expect(filesIn(target)).toEqual(['namespaces/shop/configmaps/settings.yaml']);
  });

  it('is compared without it, which is said', async () => {
    const { code, notes, out } = await browse('diff', 'earlier', 'shop-1', '-n', 'shop');
    expect([code, notes]).toEqual([6, [told]]);
    expect(out).toContain('+ configmaps shop/untouched');
  });

  it('shows its other objects, and names the one that it cannot show', async () => {
    expect((await browse('show', 'earlier', 'configmap', 'shop/settings')).out).toContain('name: settings');
    await expect(browse('show', 'earlier', 'configmap', `shop/${'x'.repeat(254)}`)).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringContaining('has an unsafe path'),
    });
  });
});
