import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type SandboxCluster, startSandboxCluster } from '../../local/cluster/server';
import { bareAnswer, bareApi } from '../../local/proof/bare-api';
import { systemRandom } from '../../shared/platform/system';
import type { CliEnd } from '../harness/lifeboat-process';
import { contentsOf, copyAll, type Deployment, loseAll, type Region, Regions } from './disaster/regions';

// Functions and commands are processes, on machines that may have other work.
jest.setTimeout(120_000);

const shop = `apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {color: blue}
---
apiVersion: v1
kind: Secret
metadata: {name: payment, namespace: shop}
stringData: {token: token-of-the-bank}
`;
const newKey = () => systemRandom.bytes(32).toString('base64');

let regions: Regions;
let here: Region;
let there: Region;
let cluster: SandboxCluster;
let lost: Deployment;
/** Id of the installation that is lost. */
let installation: string;
/** What every deployment here has from the beginning, until a key is lost. */
const settings = {
  LIFEBOAT_SEAL_KEY: newKey(),
  LIFEBOAT_NOTIFICATION_KEY: newKey(),
  LIFEBOAT_SIGNING_KEY: newKey(),
  LIFEBOAT_RECOVERY_KEY: '',
};
let signedBy: string;

const privateHalf = () => join(regions.directory, 'recovery.key');
const vaultFlags = ({ name, buckets }: Region) => [
  '--vault-region',
  name,
  '--vault-bucket',
  buckets.vault,
  '--vault-prefix',
  'team',
];

function done({ code, out, err }: CliEnd): string {
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  return out;
}

async function readsBack(path: string): Promise<{ data?: Record<string, string> } | undefined> {
  const { status, body } = await bareAnswer(bareApi(cluster.kubeconfig), 'GET', path);
  return status === 200 ? (JSON.parse(body.toString()) as { data?: Record<string, string> }) : undefined;
}

/** Deletes the application, restores it by a worker of that deployment, and looks at every byte that counts. */
async function comesBack(deployment: Deployment, restore: string): Promise<void> {
  await bareAnswer(bareApi(cluster.kubeconfig), 'DELETE', '/api/v1/namespaces/shop');
  for (let n = 0; n < 100 && (await readsBack('/api/v1/namespaces/shop')); n += 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await readsBack('/api/v1/namespaces/shop/configmaps/settings')).toBeUndefined();
  done(await deployment.lifeboat(['restore', 'create', restore, '--from-backup', 'shop-1', '--wait']));
  expect((await readsBack('/api/v1/namespaces/shop/configmaps/settings'))?.data).toEqual({ color: 'blue' });
  expect((await readsBack('/api/v1/namespaces/shop/secrets/payment'))?.data).toEqual({
    token: Buffer.from('token-of-the-bank').toString('base64'),
  });
}

beforeAll(async () => {
  regions = new Regions();
  [here, there] = [await regions.start('cn-hangzhou'), await regions.start('cn-shanghai')];
  cluster = await startSandboxCluster({ name: 'home' });
  await cluster.load(shop);
  const kubeconfig = join(regions.directory, 'home.yaml');
  writeFileSync(kubeconfig, cluster.kubeconfig);
  settings.LIFEBOAT_RECOVERY_KEY = done(
    await regions.lifeboat(['state', 'recovery-key', '--private-key-file', privateHalf()], {}),
  ).trim();
  lost = await regions.deploy(here, 'first', settings);
  done(
    await lost.lifeboat(['vault', 'add', 'main', '--bucket', here.buckets.vault, '--subdirectory', 'team']),
  );
  done(await lost.lifeboat(['cluster', 'add', 'home', '--kubeconfig', kubeconfig]));
  done(
    await lost.lifeboat([
      ...['schedule', 'create', 'nightly', '--schedule', '0 2 * * *', '--include-namespaces', 'shop'],
      ...['--keep-daily', '7'],
    ]),
  );
  done(await lost.lifeboat(['backup', 'create', 'shop-1', '--include-namespaces', 'shop', '--wait']));
  done(await lost.lifeboat(['backup', 'hold', 'shop-1', '--reason', 'case 7']));
  signedBy = done(await lost.lifeboat(['replication', 'key'])).trim();
  lost.host.fireTimer('every-hour');
  await lost.host.idle();
  const { items } = JSON.parse(done(await lost.lifeboat(['state', 'exports', '-o', 'json']))) as {
    items: { installation: string }[];
  };
  expect(items).toHaveLength(1);
  installation = items[0]!.installation;
  // The second region has the vault before the first one is lost.
  await copyAll(here.store(here.buckets.vault), there.store(there.buckets.vault));
}, 180_000);

afterAll(async () => {
  await regions?.close();
  await cluster?.close();
});

describe('what the hourly function puts into the vault', () => {
  it('holds no secret that anything but the private half opens', async () => {
    const exports = [...(await contentsOf(here.store(here.buckets.vault, 'team/metadata/lifeboat/state')))];
    expect(exports).toHaveLength(1);
    const { gunzipSync } = await import('node:zlib');
    const text = gunzipSync(Buffer.from(exports[0]![1], 'base64')).toString();
    const { kubeconfig } = cluster;
    const token = /token: (\S+)/.exec(kubeconfig)?.[1] ?? 'no token';
    for (const secret of [
      token,
      readFileSync(privateHalf(), 'utf8').trim(),
      ...Object.values(settings).slice(0, 3),
    ])
      expect(text).not.toContain(secret);
    expect(text).toContain('"schedules/nightly.json"');
  });
});

describe('input that cannot be right', () => {
  const restore = (flags: string[], environment: Record<string, string>) =>
    lost.lifeboat(['state', 'restore', ...vaultFlags(here), '--yes', ...flags], environment);

  it('gets one error with the remedy, and writes nothing', async () => {
    const wrongKey = join(regions.directory, 'wrong.key');
    done(await lost.lifeboat(['state', 'recovery-key', '--private-key-file', wrongKey]));
    const empty = { LIFEBOAT_STATE: `oss://${here.buckets.state}/nothing` };
    const before = await contentsOf(here.store(here.buckets.state));
    const vault = await contentsOf(here.store(here.buckets.vault));
    const refused = [
      [await restore(['--recovery-key-file', wrongKey], empty), 5, /sealed to recovery key/],
      [await restore(['--recovery-key-file', privateHalf()], {}), 4, /is not empty/],
      [
        await restore(['--day', '2020-01-01'], empty),
        3,
        /no export of a state of 2020-01-01|no export of a state on/,
      ],
      [await restore(['--trust-key', newKey()], empty), 5, /not by the key that is trusted/],
      [await restore(['--recovery-key-file', '/nowhere'], empty), 2, /nowhere/],
      [
        await lost.lifeboat(['state', 'restore', '--vault-bucket', here.buckets.vault, '--yes'], empty),
        3,
        /no export of a state/,
      ],
    ] as const;
    for (const [end, code, message] of refused) {
      expect({ code: end.code, err: end.err }).toEqual({ code, err: expect.stringMatching(message) });
      expect(end.err).toMatch(/^error: .+\nhint: .+\n$/);
    }
    expect(await contentsOf(here.store(here.buckets.state))).toEqual(before);
    expect(await contentsOf(here.store(here.buckets.vault))).toEqual(vault);
  });

  it('is refused when the export was changed in the vault', async () => {
    const store = there.store(there.buckets.vault);
    const keys = [...(await contentsOf(store)).keys()];
    const key = keys.find((each) => each.startsWith('team/metadata/lifeboat/state/'))!;
    const { body } = await store.get(key);
    const changed = Buffer.from(body);
    changed[changed.length >> 1]! ^= 1;
    await store.put(key, changed);
    const end = await lost.lifeboat(['state', 'restore', ...vaultFlags(there), '--yes'], {
      LIFEBOAT_STATE: `oss://${there.buckets.state}/nothing`,
      LIFEBOAT_REGION: there.name,
      LIFEBOAT_OSS_ENDPOINT: there.oss.endpoint,
    });
    expect(end).toMatchObject({
      code: 6,
      err: expect.stringMatching(/is not what was written|cannot be unpacked/),
    });
    await store.put(key, body);
    expect((await contentsOf(there.store(there.buckets.state))).size).toBe(0);
  });
});

describe('an installation that was lost', () => {
  it('comes back when the state is gone: paused, under a new id, and with its backups', async () => {
    await lost.host.close();
    await loseAll(here.store(here.buckets.state));
    const second = await regions.deploy(here, 'second', settings);
    const restore = ['state', 'restore', ...vaultFlags(here), '--recovery-key-file', privateHalf()];
    const plan = done(await second.lifeboat([...restore, '--trust-key', signedBy, '--dry-run']));
    expect(plan).toMatch(/^schedules\/nightly.json +paused$/m);
    expect((await contentsOf(here.store(here.buckets.state))).size).toBe(0);

    const made = done(await second.lifeboat([...restore, '--trust-key', signedBy, '--adopt', '--yes']));
    expect(made).toContain('Vault main: 1 backup adopted');
    expect(made).not.toContain(`Installation ${installation} made`);
    const schedule = JSON.parse(done(await second.lifeboat(['schedule', 'get', 'nightly', '-o', 'json'])));
    expect(schedule).toMatchObject({ spec: { paused: true, retention: { keepDaily: 7 } } });
    expect(done(await second.lifeboat(['retention', 'plan']))).toMatch(/^shop-1 .*keep +under legal hold/m);
    await comesBack(second, 'again-1');
    done(await second.lifeboat(['schedule', 'unpause', 'nightly']));
    await second.host.close();
  });

  it('comes back when the key is gone, without its backups until it is told to take them', async () => {
    await loseAll(here.store(here.buckets.state));
    const third = await regions.deploy(here, 'third', { ...settings, LIFEBOAT_SEAL_KEY: newKey() });
    const flags = ['--installation', installation, '--recovery-key-file', privateHalf(), '--yes'];
    done(await third.lifeboat(['state', 'restore', ...vaultFlags(here), ...flags]));
    expect(done(await third.lifeboat(['retention', 'plan']))).toMatch(
      /^shop-1 .*keep +the state of this installation does not know it/m,
    );
    await comesBack(third, 'again-2');
    expect(await third.lifeboat(['state', 'adopt', '0'.repeat(32)])).toMatchObject({ code: 3 });
    expect(done(await third.lifeboat(['state', 'adopt', installation]))).toContain('1 backup adopted');
    expect(done(await third.lifeboat(['retention', 'plan']))).toMatch(/^shop-1 .*keep +under legal hold/m);
    await third.host.close();
  });

  it('comes back when the region is gone, from the copy of the vault in another', async () => {
    await here.oss.close();
    const fourth = await regions.deploy(there, 'fourth', { ...settings, LIFEBOAT_SEAL_KEY: newKey() });
    const flags = ['--recovery-key-file', privateHalf(), '--trust-key', signedBy, '--adopt', '--yes'];
    const made = done(await fourth.lifeboat(['state', 'restore', ...vaultFlags(there), ...flags]));
    expect(made).toMatch(/^vaults\/main.json +now at oss:\/\/vault-cn-shanghai\/team in cn-shanghai/m);
    const verified = done(await fourth.lifeboat(['backup', 'verify', 'shop-1']));
    expect(verified).toContain('whole: every object is what was written');
    await comesBack(fourth, 'again-3');
    // And it goes on: a backup of its own, beside the adopted one.
    done(await fourth.lifeboat(['backup', 'create', 'shop-2', '--include-namespaces', 'shop', '--wait']));
    expect(done(await fourth.lifeboat(['backup', 'get']))).toMatch(/^shop-1[\s\S]*^shop-2/m);
  });
});
