import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { FcHost } from '../../local/fc/fc-host';
import { bareApi, bareRequest } from '../../local/proof/bare-api';
import type { VaultExpiry } from '../../shared/app/ticks/expire';
import type { Installation } from '../../shared/app/installation';
import { acceptBackup, holdBackup } from '../../shared/app/backups/mark-backup';
import { removeBackup } from '../../shared/app/backups/remove-backup';
import { requestBackup } from '../../shared/app/runs/request';
import { systemClock } from '../../shared/platform/system';
import { readBackup } from '../../shared/formats/vault/backup-manifest';
import { listBackups } from '../../shared/formats/vault/backups';
import { type HostedLifeboat, startHostedLifeboat } from '../harness/hosted-lifeboat';

// Functions are processes, on machines that may have other work.
jest.setTimeout(120_000);

const day = 86_400_000;
const configMaps = Array.from(
  { length: 12 },
  (_, n) =>
    `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c${n}, namespace: shop}\ndata: {n: "${n}"}\n`,
);
const shop = `apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n${configMaps.join('')}`;

let lifeboat: HostedLifeboat;
let host: FcHost;
let installation: Installation;
/** How far OSS's clock is ahead of those of the functions. */
let ahead = 0;
/** Whether events are delivered twice. */
let twice = false;

beforeAll(async () => {
  lifeboat = await startHostedLifeboat({
    duplicate: () => twice,
    ossClock: { ...systemClock, now: () => new Date(Date.now() + ahead) },
  });
  ({ host, installation } = lifeboat);
  await lifeboat.a.load(shop);
  await installation.state.schedules.create({
    kind: 'Schedule',
    metadata: { name: 'nightly' },
    spec: {
      schedule: '0 2 * * *',
      timeZone: 'Asia/Shanghai',
      clusters: ['a'],
      vault: 'main',
      startAt: '2026-01-01T00:00:00Z',
      includeClusterInNames: false,
      paused: true,
      retention: { keepLast: 2 },
      template: { includedNamespaces: ['shop'], ttl: '24h' },
    },
  });
});

afterAll(() => lifeboat.close());

async function backUp(name: string, more: object = {}): Promise<void> {
  await requestBackup(installation, {
    kind: 'BackupRequest',
    metadata: { name },
    cluster: 'a',
    vault: 'main',
    spec: { includedNamespaces: ['shop'], ttl: '24h' },
    schedule: { name: 'nightly', slot: '2026-11-22T02:00:00Z' },
    ...more,
  });
  await host.idle();
}

/** Fires the timer twice, each event delivered twice; answers with what the last one did in the vault. */
async function passes(): Promise<VaultExpiry> {
  lifeboat.finished.length = 0;
  twice = true;
  for (let n = 0; n < 2; n += 1) host.fireTimer('every-hour');
  await host.idle();
  twice = false;
  const failed = lifeboat.finished.flatMap(({ outcome }) => (outcome.error ? [outcome.error] : []));
  expect(failed).toEqual([]);
  const { body } = lifeboat.finished.at(-1)!.outcome;
  return (JSON.parse(body!.toString()) as { vaults: Record<string, VaultExpiry> }).vaults.main!;
}

async function visible(): Promise<string[]> {
  const names: string[] = [];
  for await (const page of listBackups(await installation.openVault('main')))
    names.push(...page.backups.map(({ name }) => name));
  return names.sort();
}

describe('the hourly function, four times at once, with OSS’s clock ahead', () => {
  it('deletes what no rule keeps, and neither what is suspect, held, nor what it is measured against', async () => {
    for (const n of [2, 3, 4]) {
      await backUp(`night-${n}`);
      ahead += day;
    }
    await backUp('by-hand', { schedule: undefined });
    await backUp('for-the-court', { schedule: undefined, hold: 'case 7' });
    const api = bareApi(lifeboat.a.kubeconfig);
    for (let n = 0; n < 10; n += 1)
      await bareRequest(api, 'DELETE', `/api/v1/namespaces/shop/configmaps/c${n}`);
    await backUp('night-5');
    ahead += 2 * day;
    const done = await passes();
    expect(await visible()).toEqual(['for-the-court', 'night-3', 'night-4', 'night-5']);
    expect(done.failed).toEqual([]);
    expect(done.suspects).toEqual([
      { name: 'night-5', reason: expect.stringMatching(/^it holds \d+ objects where night-4 holds \d+$/) },
    ]);
    expect(lifeboat.lines.join('\n')).toContain('Backup night-5 is suspect');
  });

  it('writes an expiration for what goes by its TTL alone, so that no Velero deletes what a rule or a hold keeps', async () => {
    const vault = await installation.openVault('main');
    for (const name of ['night-4', 'for-the-court'])
      expect((await readBackup(vault, name)).status.expiration).toBeUndefined();
    await backUp('plain', { schedule: undefined });
    const { status } = await readBackup(vault, 'plain');
    expect(Date.parse(status.expiration!)).toBe(Date.parse(status.startTimestamp!) + day);
  });

  it('lets a suspect count that a person has accepted', async () => {
    expect(await acceptBackup(installation, { vault: 'main', backup: 'night-5' })).toBe(true);
    const done = await passes();
    expect(done.suspects).toEqual([]);
    expect(await visible()).toEqual(['for-the-court', 'night-4', 'night-5', 'plain']);
  });

  it('deletes nothing for a person that is under legal hold', async () => {
    const place = { vault: 'main', backup: 'plain' };
    expect(await holdBackup(installation, place, 'case 8')).toMatchObject({
      held: true,
      deleting: false,
      expiration: expect.stringMatching(/Z$/),
    });
    await expect(removeBackup(installation, place, { immediately: true })).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining('under legal hold: case 8'),
    });
    expect(await visible()).toContain('plain');
  });

  it('keeps what proves whose a backup is when it removes the runs', async () => {
    ahead += 40 * day;
    await passes();
    // Runs are cleaned once a day, by what lay in the vaults at the beginning of a pass.
    ahead += day;
    await passes();
    const { store } = installation.state;
    const runs: string[] = [];
    for await (const page of store.list('runs/backups/')) runs.push(...page.objects.map(({ key }) => key));
    expect([...new Set(runs.map((key) => key.split('/')[2]))].sort()).toEqual(await visible());
    expect(runs.filter((key) => !/\/(request|commit|result)\.json$/.test(key))).toEqual([]);
    // The content of what was deleted weeks ago is gone too.
    const vault = await installation.openVault('main');
    const keys: string[] = [];
    for await (const page of vault.list('')) keys.push(...page.objects.map(({ key }) => key));
    expect(
      [...new Set(keys.filter((key) => key.startsWith('backups/')).map((key) => key.split('/')[1]))].sort(),
    ).toEqual(await visible());
    // Of ours beside the backups nothing but the claim of the installation and the exports of the state, one a day.
    expect(keys.filter((key) => key.startsWith('metadata/'))).toEqual([
      expect.stringMatching(/^metadata\/lifeboat\/installations\/[0-9a-f]{32}$/),
      expect.stringMatching(/^metadata\/lifeboat\/state\/[0-9a-f]{32}\/\d{4}-\d\d-\d\d\.json\.gz$/),
    ]);
  });
});
