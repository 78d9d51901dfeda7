import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { load } from 'js-yaml';
import pLimit from 'p-limit';
import { type SandboxCluster, startSandboxCluster } from '../../local/cluster/server';
import { type BareApi, bareApi, bareRequest } from '../../local/proof/bare-api';
import { takeSnapshot } from '../../local/proof/snapshot';
import type { ObjectStore } from '../../shared/platform/oss/port';
import { type CliEnd, type StartedMachine, startMachine } from '../harness/started-machine';

// Commands are processes, on machines that may have other work.
jest.setTimeout(60_000);

const manifests = `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: prices, namespace: shop, labels: {app: web}}
data: {apple: "3"}
---
apiVersion: v1
kind: Secret
metadata: {name: till, namespace: shop}
stringData: {pin: "secret-pin-of-the-till"}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: disk}
provisioner: disk.example.com
---
apiVersion: v1
kind: Namespace
metadata: {name: disks}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: disks}
spec: {storageClassName: disk, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`;

const execKubeconfig = `
apiVersion: v1
kind: Config
current-context: x
contexts: [{name: x, context: {cluster: x, user: x}}]
clusters: [{name: x, cluster: {server: "https://203.0.113.7:6443"}}]
users: [{name: x, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: /bin/touch, args: [executed]}}}]
`;

let started: StartedMachine;
let sandbox: SandboxCluster;
let api: BareApi;
let vault: ObjectStore;

const run = (...parameters: string[]): Promise<CliEnd> => started.lifeboat(parameters);

beforeAll(async () => {
  started = await startMachine();
  sandbox = await startSandboxCluster({ name: 'a' });
  api = bareApi(sandbox.kubeconfig);
  await sandbox.load(manifests);
  await sandbox.settled();
  vault = await started.machine.installation.openVault('main');
}, 120_000);
afterAll(async () => {
  api?.agent.destroy();
  await sandbox?.close();
  await started?.close();
});

/** What the ticks of this machine change by themselves. */
const ofTicks = /^(heartbeat\.json$|(ended|notices|outbox|alarms)\/)/;

/** Everything that a command could change: each object of both buckets with its content, each object of the cluster. */
async function everything(): Promise<Record<string, string>> {
  const seen: Record<string, string> = {};
  const { installation } = started.machine;
  const { spec } = await installation.state.vaults.get('main');
  const bucket = installation.openVaultStore({
    kind: 'Vault',
    metadata: { name: 'all' },
    spec: { ...spec, subdirectory: undefined },
  });
  for (const store of [installation.state.store, bucket]) {
    for await (const page of store.list('')) {
      for (const { key, etag, size } of page.objects) {
        if (!ofTicks.test(key)) seen[`${store.name}${key}`] = `${etag} ${size}`;
      }
    }
  }
  for (const [key, { metadata }] of await takeSnapshot(api)) seen[key] = metadata.resourceVersion;
  return seen;
}

/** One line that says what is wrong and one that says what to do, and nothing else. */
const oneErrorAndHint = /^error: [^\n]+\nhint: {2}[^\n]+\n$/;

describe('lifeboat, as a process', () => {
  it('adds a cluster and backs it up, saying in plain lines how far it is', async () => {
    const added = await started.lifeboat(['cluster', 'add', 'a', '--kubeconfig', '-'], {
      input: sandbox.kubeconfig,
    });
    expect(added).toEqual({
      code: 0,
      err: '',
      out: expect.stringMatching(
        /^Cluster a added: https:\/\/127\.0\.0\.1:\d+, Kubernetes v\S+\nKept: kubeconfig, sealed under key env:[0-9a-f]{8}\n\nWITH THESE CREDENTIALS .*\n(.*\n)*back up +the whole cluster +-\n/,
      ),
    });
    const { code, out, err } = await run('backup', 'create', 'one', '--include-namespaces', 'shop', '--wait');
    expect({ code, err }).toMatchObject({ code: 0 });
    expect(out).toMatch(/^Backup one: Completed \(\d+ items\)\n$/);
    expect(err).toMatch(/^Backup one of cluster a to vault main requested\.\n(backup one: .+\n)*$/);
    // Neither colours nor a bar that is drawn over.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(out + err).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f]/);
  });

  it('ends with 8 after a partial failure, and says where to read on', async () => {
    expect(await run('backup', 'create', 'disks', '--include-namespaces', 'disks', '--wait')).toMatchObject({
      code: 0,
    });
    await bareRequest(api, 'DELETE', '/api/v1/namespaces/disks');
    await sandbox.settled();
    const partly = await run('restore', 'create', 'disks-1', '--from-backup', 'disks', '--wait');
    expect(partly).toMatchObject({
      code: 8,
      out: expect.stringMatching(/^Restore disks-1: PartiallyFailed \(/),
      err: expect.stringContaining('1 error, 0 warnings: see `lifeboat restore describe disks-1`\n'),
    });
    const described = await run('restore', 'describe', 'disks-1');
    expect(described.out).toContain(
      'disks: persistentvolumeclaims disks/data: it came back without its data',
    );
  });

  it('ends with 1 after a failure, with its reason', async () => {
    const { body } = await vault.get('backups/one/one.tar.gz');
    await vault.put('backups/one/one.tar.gz', body.subarray(0, body.length - 9));
    const before = await takeSnapshot(api);
    const failed = await run('restore', 'create', 'one-cut', '--from-backup', 'one', '--wait');
    expect(failed).toMatchObject({ code: 1, out: expect.stringMatching(/^Restore one-cut: Failed\n$/) });
    expect(failed.err).toContain('one.tar.gz');
    expect(await takeSnapshot(api)).toEqual(before);
    await vault.put('backups/one/one.tar.gz', body);
    const mended = await run('restore', 'create', 'one-whole', '--from-backup', 'one', '--wait');
    expect(mended).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Restore one-whole: Completed \(.*same/),
    });
  });

  it.each([
    [['cluster', 'get'], ['a']],
    [['vault', 'get'], ['main']],
    [
      ['backup', 'get'],
      ['disks', 'one'],
    ],
    [
      ['restore', 'get'],
      ['disks-1', 'one-cut', 'one-whole'],
    ],
    [['schedule', 'get'], []],
    [['replication', 'get'], []],
  ])('prints %j as a table, as JSON and as YAML', async (command, names) => {
    const [table, json, yaml] = await Promise.all([
      run(...command),
      run(...command, '-o', 'json'),
      run(...command, '-o', 'yaml'),
    ]);
    expect([table.code, json.code, yaml.code]).toEqual([0, 0, 0]);
    for (const name of names) expect(table.out).toMatch(new RegExp(`^${name} `, 'm'));
    const nameOf = (item: { name?: string; metadata?: { name: string } }) =>
      item.name ?? item.metadata?.name ?? '';
    const parsed = [JSON.parse(json.out), load(yaml.out)] as { items: object[] }[];
    for (const { items } of parsed) expect(items.map(nameOf).sort()).toEqual(names);
  });

  it.each([['backup describe one'], ['restore describe disks-1'], ['cluster get a'], ['vault get main']])(
    'prints `%s` as JSON and as YAML',
    async (command) => {
      const [json, yaml] = await Promise.all([
        run(...command.split(' '), '-o', 'json'),
        run(...command.split(' '), '-o', 'yaml'),
      ]);
      expect([json.code, yaml.code, json.err, yaml.err]).toEqual([0, 0, '', '']);
      expect(Object.keys(JSON.parse(json.out)).sort()).toEqual(Object.keys(load(yaml.out) as object).sort());
    },
  );

  it('prints the logs of runs as they were written', async () => {
    const written = gunzipSync((await vault.get('backups/one/one-logs.gz')).body).toString();
    expect(await run('backup', 'logs', 'one')).toEqual({ code: 0, err: '', out: written });
    const restored = gunzipSync((await vault.get('restores/disks-1/restore-disks-1-logs.gz')).body);
    expect(await run('restore', 'logs', 'disks-1')).toEqual({ code: 0, err: '', out: restored.toString() });
  });

  it('passes over a manifest that it cannot read, naming it, and stops only there', async () => {
    await vault.put('backups/broken/velero-backup.json', Buffer.from('{"kind":"Backup"'));
    const all = await run('backup', 'get');
    expect(all).toMatchObject({ code: 0, out: expect.stringMatching(/^one /m) });
    expect(all.err).toMatch(/^main\/broken cannot be read: .*velero-backup\.json[^\n]*\n$/);
    for (const command of [
      ['backup', 'get', 'broken'],
      ['backup', 'describe', 'broken'],
    ]) {
      const { code, err } = await run(...command);
      expect({ command, code, err }).toEqual({
        command,
        code: 6,
        err: expect.stringMatching(/^error: .*broken.*\n(hint: .*\n)?$/),
      });
    }
    const { body } = await vault.get('backups/one/one.tar.gz');
    await vault.put('backups/broken/broken.tar.gz', body);
    const before = await takeSnapshot(api);
    const restored = await run('restore', 'create', 'broken-1', '--from-backup', 'broken', '--wait');
    expect(restored).toMatchObject({ code: 1, err: expect.stringContaining('broken/velero-backup.json') });
    expect(await takeSnapshot(api)).toEqual(before);
    await vault.delete(['backups/broken/velero-backup.json', 'backups/broken/broken.tar.gz']);
  });
});

describe('lifeboat, asked for what cannot be', () => {
  let state: Record<string, string>;
  beforeAll(async () => {
    const { installation } = started.machine;
    const { spec } = await installation.state.vaults.get('main');
    await installation
      .openVaultStore({
        kind: 'Vault',
        metadata: { name: 'foreign' },
        spec: { ...spec, subdirectory: 'foreign' },
      })
      .put('photos/cat.jpg', Buffer.from('meow'));
    writeFileSync(join(started.directory, 'exec.yaml'), execKubeconfig);
    writeFileSync(join(started.directory, 'nonsense.yaml'), ': not [ a kubeconfig');
    writeFileSync(
      join(started.directory, 'dead.yaml'),
      sandbox.kubeconfig.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:9'),
    );
    writeFileSync(
      join(started.directory, 'forged.yaml'),
      sandbox.kubeconfig.replace(sandbox.token, 'forged-token'),
    );
    state = await everything();
    const commands = [...cases.map(([command]) => command), ...misspelt.map(([command]) => command)];
    const limit = pLimit(3);
    await Promise.all(
      commands.map((command) =>
        limit(async () => {
          ends.set(command, await run(...command.split(' ')));
        }),
      ),
    );
  }, 240_000);

  /** How each command below ended; they run side by side. */
  const ends = new Map<string, CliEnd>();

  /** Arguments as a shell splits them (no quoting), the exit code, and what the error must name. */
  const cases: [command: string, code: number, named: RegExp][] = [
    // Names.
    ['backup create Wrong_Name --include-namespaces shop', 2, /"?Wrong_Name/],
    ['restore create Wrong_Name --from-backup one', 2, /Wrong_Name/],
    ['vault add Wrong_Name --bucket lifeboat-vault --subdirectory new', 2, /Wrong_Name/],
    ['cluster add ../a --kubeconfig forged.yaml', 2, /\.\.\/a/],
    ['schedule create Wrong_Name --schedule 0_2_*_*_* --include-namespaces shop', 2, /./],
    ['backup describe ../one', 3, /\.\.\/one/],
    // What does not exist.
    ['backup create new --include-namespaces shop --vault nowhere', 3, /vault "nowhere"/],
    ['backup create new --include-namespaces shop --cluster nowhere', 3, /cluster "nowhere"/],
    ['restore create --from-backup one --cluster nowhere', 3, /cluster "nowhere"/],
    ['restore create --from-backup nothing', 3, /backup "nothing"/],
    ['restore create --from-backup one --vault nowhere', 3, /vault "nowhere"/],
    ['backup get nothing', 3, /backup "nothing"/],
    ['backup describe nothing', 3, /backup "nothing"/],
    ['backup logs nothing', 3, /backup "nothing"/],
    ['backup delete nothing --yes', 3, /backup "nothing"/],
    ['restore get nothing', 3, /restore "nothing"/],
    ['restore describe nothing', 3, /restore "nothing"/],
    ['restore logs nothing', 3, /restore "nothing"/],
    ['cluster get nowhere', 3, /cluster "nowhere"/],
    ['vault get nowhere', 3, /vault "nowhere"/],
    ['schedule get nothing', 3, /schedule "nothing"/],
    ['replication get nothing', 3, /replication "nothing"/],
    ['replication describe nothing', 3, /replication "nothing"/],
    ['replication pause nothing', 3, /replication "nothing"/],
    ['replication delete nothing', 3, /replication "nothing"/],
    ['restore create', 2, /no backup is named/],
    ['replication create r --from a --to nowhere --policy seed', 3, /cluster "nowhere"/],
    ['vault add new --bucket no-such-bucket', 3, /no-such-bucket/],
    // What is taken.
    ['vault add main --bucket lifeboat-vault --subdirectory new', 4, /vault "main"/],
    ['backup create one --include-namespaces disks', 4, /backup "one"/],
    // Kubeconfigs.
    ['cluster add new --kubeconfig exec.yaml', 2, /exec/],
    ['cluster add new --kubeconfig nonsense.yaml', 2, /kubeconfig/],
    ['cluster add new --kubeconfig absent.yaml', 2, /absent\.yaml/],
    ['cluster add new --kubeconfig forged.yaml --context nowhere', 2, /nowhere/],
    ['cluster add new --kubeconfig forged.yaml', 5, /cluster "new"/],
    ['cluster add new --kubeconfig dead.yaml', 7, /cluster "new"/],
    // A place that is no vault.
    ['vault add new --bucket lifeboat-vault --subdirectory foreign', 2, /photos\//],
    ['vault add new --bucket lifeboat-vault --subdirectory ../up', 2, /subdirectory/],
    // Flags.
    ['backup create new', 2, /nothing is selected/],
    ['backup create new --include-namespaces shop --selector a=b=c', 2, /a=b=c/],
    ['backup create new --include-namespaces shop --or-selector (', 2, /\(/],
    ['backup create new --include-namespaces shop --ttl soon', 2, /ttl/],
    ['backup create new --include-namespaces shop --include-cluster-resources maybe', 2, /maybe/],
    ['backup create new --include-namespaces shop --labels x', 2, /"x"/],
    ['backup get -o xml', 2, /xml/],
    ['restore create --from-backup one --namespace-mappings shop', 2, /"shop"/],
    ['restore create --from-backup one --object prices', 2, /"prices"/],
    ['schedule create new --schedule often --include-namespaces shop', 2, /often/],
    ['schedule create new --schedule @daily --time-zone Mars/Base --include-namespaces shop', 2, /timeZone/],
    ['replication create new --from a --to a --policy seed', 2, /a/],
    // Nobody can be asked in a pipe.
    ['backup delete one', 2, /nobody is there to confirm/],
  ];

  it.each(cases)('%s: exit code %i', (command, code, named) => {
    const end = ends.get(command)!;
    expect({ command, ...end }).toEqual({
      command,
      code,
      out: '',
      err: expect.stringMatching(oneErrorAndHint),
    });
    expect(end.err.split('\n')[0]).toMatch(named);
  });

  const misspelt: [command: string, said: RegExp][] = [
    ['backup create new --frobnicate', /unknown option '--frobnicate'/],
    ['backup frobnicate', /unknown command 'frobnicate'/],
    ['frobnicate', /unknown command 'frobnicate'/],
    ['backup describe', /missing required argument 'name'/],
    ['restore describe', /missing required argument 'name'/],
    [
      'restore create --from-backup one --existing-resource-policy overwrite',
      /Allowed choices are none, update/,
    ],
    ['vault add new --bucket b --network-type fast', /Allowed choices are public, internal/],
  ];

  it.each(misspelt)('%s: exit code 2, and where help is', (command, said) => {
    const { code, out, err } = ends.get(command)!;
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(said);
    expect(err).toContain('\nhint:  add --help for what there is\n');
  });

  it('after all of that nothing has changed, in OSS or in the cluster', async () => {
    expect(await everything()).toEqual(state);
    expect(readdirSync(started.directory)).not.toContain('executed');
  });

  it.each([
    ['no installation', { LIFEBOAT_STATE: '' }, 2, /no installation is named/],
    ['a state that is no place in OSS', { LIFEBOAT_STATE: 'here' }, 2, /LIFEBOAT_STATE/],
    ['a key that is none', { LIFEBOAT_SEAL_KEY: 'c2hvcnQ=' }, 2, /LIFEBOAT_SEAL_KEY/],
    ['wrong credentials', { ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'wrong' }, 5, /lifeboat-state/],
    ['a bucket that is not there', { LIFEBOAT_STATE: 'oss://no-such-bucket/x' }, 3, /no-such-bucket/],
  ])('%s in the environment is one error', async (_, environment, code, named) => {
    const end = await started.lifeboat(['vault', 'get'], { environment });
    expect(end).toMatchObject({ code, out: '', err: expect.stringMatching(oneErrorAndHint) });
    expect(end.err).toMatch(named);
    expect(end.err).not.toContain('wrong');
  });

  it('deletes with --yes, and then there is no such backup', async () => {
    expect(await run('backup', 'delete', 'disks', '--yes', '--immediately')).toMatchObject({
      code: 0,
      out: 'Backup disks deleted.\n',
    });
    expect(await run('backup', 'describe', 'disks')).toMatchObject({ code: 3 });
  });
});

describe('the secrets of the machine', () => {
  it('are in no byte of OSS, packed or unpacked, and in no line of a function', () => {
    const { environment } = started.machine;
    const key = Buffer.from(environment.LIFEBOAT_SEAL_KEY!, 'base64');
    const secrets = [sandbox.token, environment.ALIBABA_CLOUD_ACCESS_KEY_SECRET!].flatMap((text) => [
      Buffer.from(text),
      Buffer.from(Buffer.from(text).toString('base64').replace(/=+$/, '').slice(0, -1)),
    ]);
    secrets.push(key, Buffer.from(key.toString('base64')), Buffer.from(key.toString('hex')));
    const oss = join(started.directory, 'oss');
    const digests = new Set<string>();
    for (const path of readdirSync(oss, { recursive: true }) as string[]) {
      if (!statSync(join(oss, path)).isFile()) continue;
      const bytes = readFileSync(join(oss, path));
      digests.add(createHash('sha256').update(bytes).digest('hex'));
      const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
      for (const content of gzipped ? [bytes, gunzipSync(bytes)] : [bytes]) {
        for (const secret of secrets) expect([path, content.includes(secret)]).toEqual([path, false]);
      }
    }
    // The kubeconfig's seal, the requests and the backups were among them.
    expect(digests.size).toBeGreaterThan(20);
    const said = Buffer.from(started.lines.join('\n'));
    for (const secret of [...secrets, Buffer.from('secret-pin-of-the-till')])
      expect(said.includes(secret)).toBe(false);
  });
});
