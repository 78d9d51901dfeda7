import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OssServer, startOssServer } from '../../../../local/oss/server';
import { wormDaysOf } from '../../../../shared/app/vaults/worm-days';
import {
  type ExpiryJob,
  expireBackups,
  planExpiry,
} from '../../../../shared/operations/retention/expire-backups';
import { cleanUploads } from '../../../../shared/operations/retention/clean-uploads';
import { runStore } from '../../../../shared/formats/state/run-keys';
import { readRetentionHint } from '../../../../shared/operations/retention/retention-hint';
import { readBucketFacts } from '../../../../shared/platform/oss/oss-bucket';
import { openOssStore } from '../../../../shared/platform/oss/oss-store';
import type { ObjectStore } from '../../../../shared/platform/oss/port';
import { systemClock, systemRandom } from '../../../../shared/platform/system';
import { backupKeys } from '../../../../shared/formats/vault/layout';
import { noteUpload } from '../../../../shared/formats/vault/commit/started-upload';
import { commitOne, scheduleOf } from './committed-backup';

const oneDay = 86_400_000;
const credentials = { accessKeyId: 'test', accessKeySecret: 'secret' };
const log = { debug() {}, info() {}, warn() {}, error() {} };

let server: OssServer;
let directory: string;
/** How far OSS's clock is ahead of this machine's. */
let ahead = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lifeboat-expiry-'));
  server = await startOssServer({
    directory,
    credentials: [credentials],
    buckets: [
      { name: 'state' },
      { name: 'plain' },
      { name: 'versioned', versioning: 'Enabled' },
      { name: 'worm', worm: { days: 30 } },
    ],
    clock: { ...systemClock, now: () => new Date(Date.now() + ahead) },
  });
});

afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

function access(bucket: string, prefix: string): Parameters<typeof openOssStore> {
  return [
    { region: 'cn-hangzhou', bucket, prefix, networkType: 'public', endpoint: server.endpoint },
    { credentials: async () => credentials, allowInsecureLoopback: true },
    {
      clock: { ...systemClock, now: () => new Date(Date.now() + ahead) },
      random: systemRandom,
    },
  ];
}

const store = (bucket: string, prefix: string) => openOssStore(...access(bucket, prefix));

/** As an installation asks for them. */
const wormDays = (bucket: string) =>
  wormDaysOf(
    { readVaultBucket: () => readBucketFacts(...access(bucket, '')), log } as never,
    {
      kind: 'Vault',
      metadata: { name: 'main' },
      spec: { region: 'cn-hangzhou', bucket, networkType: 'public' },
    } as never,
  );

async function keys(vault: ObjectStore): Promise<string[]> {
  const found: string[] = [];
  for await (const page of vault.list('')) found.push(...page.objects.map(({ key }) => key));
  return found;
}

describe('retention through ali-oss', () => {
  it.each(['plain', 'versioned', 'worm'])('on a %s bucket', async (bucket) => {
    ahead = 0;
    const vault = store(bucket, 'team');
    const state = store('state', bucket);
    const job: ExpiryJob = {
      vaultName: 'main',
      vault,
      state,
      schedules: { items: [scheduleOf('nightly', { keepLast: 1, keepWeekly: 2 })], unreadable: [] },
      wormDays: wormDays(bucket),
      audit: async () => {},
      tellVanished: async () => {},
      log,
    };
    for (const n of [0, 1, 2, 3]) {
      ahead = n * 4 * oneDay;
      await commitOne({ vault, state }, `n-${n}`);
    }
    const orphan = await vault.startUpload(backupKeys('n-0').archive);
    await noteUpload(runStore(state, { kind: 'backups', name: 'n-0' }), 2, orphan);
    ahead = 14 * oneDay;
    const first = await expireBackups(job);
    expect(first.failed).toEqual([]);
    // Two weeks at the least lie in thirteen days.
    const going = first.verdicts.flatMap((verdict) => (verdict.delete ? [verdict.name] : []));
    expect(going.length).toBeGreaterThanOrEqual(2);
    expect(going).not.toContain('n-3');
    const state0 = bucket === 'worm' ? 'immutable' : 'hidden';
    expect(first.deletions.map((deletion) => deletion.state)).toEqual(going.map(() => state0));
    const manifests = (await keys(vault)).filter((key) => key.endsWith('velero-backup.json'));
    expect(manifests).toHaveLength(bucket === 'worm' ? 4 : 4 - going.length);
    expect(await cleanUploads(job)).toEqual([backupKeys('n-0').archive]);
    const { later } = await readRetentionHint(state, 'main');
    const lockEnds = Object.entries(later).map(([name, at]) => [
      name,
      Math.round((Date.parse(at) - Date.now()) / oneDay),
    ]);
    // Thirty days after the day on which each was made.
    const made = going.map((name) => [name, Number(name.slice(2)) * 4 + 30]);
    expect(lockEnds).toEqual(bucket === 'worm' ? made : []);

    // Past the locks: manifest first, a day later the content, and the marks when theirs have ended too.
    for (const days of [46, 48, 80]) {
      ahead = days * oneDay;
      await expireBackups(job);
    }
    const left = await keys(vault);
    for (const name of going) expect(left.filter((key) => key.includes(`/${name}/`))).toEqual([]);
    expect(left.filter((key) => key.startsWith('metadata/'))).toEqual([]);
    expect(left).toContain(backupKeys('n-3').manifest);
  });

  it('asks OSS at most twice about each backup in its first pass, and judges as where it reads all of it', async () => {
    ahead = 0;
    const vault = store('plain', 'many');
    const state = store('state', 'many');
    const job = (vaultName: string, copied?: Set<string>): ExpiryJob => ({
      vaultName,
      vault,
      state,
      copied,
      schedules: { items: [scheduleOf('nightly', { keepLast: 3 })], unreadable: [] },
      audit: async () => {},
      tellVanished: async () => {},
      log,
    });
    const total = () => Object.values(server.requests).reduce((sum, each) => sum + each, 0);
    const counted = async (vaultName: string, copied?: Set<string>) => {
      const before = total();
      const verdicts = await planExpiry(job(vaultName, copied));
      return { verdicts, requests: total() - before };
    };
    const none = (await counted('main')).requests;
    const names = Array.from({ length: 8 }, (_, n) => `b-${n}`);
    for (const name of names) await commitOne({ vault, state }, name, { retention: { keepLast: 2 } });
    ahead = 2 * oneDay;
    const first = await counted('main');
    const asCopies = await counted('other', new Set(names));
    expect(first.requests - none).toBe(names.length * 2);
    expect(asCopies.requests - none).toBe(names.length * 2);
    expect(first.verdicts.filter((verdict) => verdict.delete)).toHaveLength(names.length - 3);
    // As releases left them that wrote no facts.
    for (const name of names) {
      const key = `runs/backups/${name}/result.json`;
      const { committed: _, ...rest } = JSON.parse((await state.get(key)).body.toString());
      await state.put(key, Buffer.from(JSON.stringify(rest)));
    }
    const whole = await counted('main');
    expect(whole.requests - none).toBeGreaterThan(names.length * 4);
    const judged = ({ verdicts }: typeof whole) =>
      verdicts.map(({ name, delete: going, items, series }) => ({ name, going, items, series }));
    expect(judged(whole)).toEqual(judged(first));
    // The outcome tells of OSS's answer to the commit, which is never before the commit, and may be in the next second.
    for (const [n, { madeAt }] of first.verdicts.entries()) {
      const later = madeAt!.getTime() - whole.verdicts[n]!.madeAt!.getTime();
      expect(later).toBeGreaterThanOrEqual(0);
      expect(later).toBeLessThanOrEqual(2_000);
    }
    ahead = 0;
  });

  it('asks OSS at most 25 times about a deletion, in all passes until its content is gone', async () => {
    ahead = 0;
    const vault = store('plain', 'growth');
    const state = store('state', 'growth');
    const total = () => Object.values(server.requests).reduce((sum, each) => sum + each, 0);
    const job: ExpiryJob = {
      vaultName: 'main',
      vault,
      state,
      schedules: { items: [], unreadable: [] },
      audit: (name) => state.create(`audit/${name}`, Buffer.from('{}')).then(() => undefined),
      tellVanished: async () => {},
      log,
    };
    const hours = async (count: number) => {
      const before = total();
      for (let hour = 0; hour < count; hour += 1) {
        await expireBackups(job);
        ahead += oneDay / 24;
      }
      return total() - before;
    };
    await commitOne({ vault, state }, 'stays', { schedule: 'none', ttl: '2000h' });
    await hours(1);
    const idle = await hours(28);
    for (const name of ['x', 'y']) await commitOne({ vault, state }, name, { schedule: 'none', ttl: '1h' });
    // What is known of them is read before the count begins.
    await hours(1);
    const deleting = await hours(28);
    expect((await keys(vault)).filter((key) => !key.includes('/stays/'))).toEqual([]);
    expect((deleting - idle) / 2).toBeLessThanOrEqual(25);
  });
});
