import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { FaultRule } from '../../local/oss/server';
import { requestBackup, requestRestore } from '../../shared/app/runs/request';
import { findRun } from '../../shared/formats/state/run/runs';
import type { ObjectStore } from '../../shared/platform/oss/port';
import { systemClock } from '../../shared/platform/system';
import { describeBackup } from '../../shared/formats/vault/describe-backup';
import { type HostedLifeboat, startHostedLifeboat } from '../harness/hosted-lifeboat';

// Each case starts processes, on machines that may have other work.
jest.setTimeout(180_000);

const minute = 60_000;
let lifeboat: HostedLifeboat;
/** How far OSS's clock is ahead: leases and starts age by it alone. */
let ahead = 0;

beforeAll(async () => {
  lifeboat = await startHostedLifeboat({
    duplicate: () => false,
    ossClock: { ...systemClock, now: () => new Date(Date.now() + ahead) },
  });
  await lifeboat.a.load(`
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: prices, namespace: shop}
data: {apple: "3"}
`);
});
afterAll(() => lifeboat?.close());

/** The request during which the worker is killed, before or after OSS has carried it out. */
const moments: [string, Pick<FaultRule, 'operation' | 'key'>, 'before' | 'after'][] = [
  ['its lease', { operation: 'PutObject', key: /lease-1\.json$/ }, 'after'],
  ['its first word', { operation: 'PutObject', key: /progress\.json$/ }, 'before'],
  ['the log that people follow', { operation: 'PutObject', key: /log\.txt$/ }, 'after'],
  ['the start of its upload', { operation: 'InitiateMultipartUpload' }, 'after'],
  ['its note of the upload', { operation: 'PutObject', key: /attempt-1\/upload-/ }, 'after'],
  ['a part of the archive', { operation: 'UploadPart' }, 'before'],
  ['the commit', { operation: 'PutObject', key: /commit\.json$/ }, 'before'],
  ['the commit', { operation: 'PutObject', key: /commit\.json$/ }, 'after'],
  ['the completion of the archive', { operation: 'CompleteMultipartUpload' }, 'before'],
  ['the completion of the archive', { operation: 'CompleteMultipartUpload' }, 'after'],
  ['a side file in the vault', { operation: 'PutObject', key: /backups\/.*-logs\.gz$/ }, 'after'],
  ['the manifest', { operation: 'PutObject', key: /backups\/.*\/velero-backup\.json$/ }, 'after'],
  ['the result', { operation: 'PutObject', key: /result\.json$/ }, 'after'],
  ['the mark that it ended', { operation: 'PutObject', key: /\/ended\// }, 'after'],
];

/** Lets a request stall, kills the worker in it, and fires the tick once leases and starts are old enough. */
async function killAndTick(
  functionName: string,
  rule: Pick<FaultRule, 'operation' | 'key'>,
  when: 'before' | 'after',
  ask: () => Promise<unknown>,
): Promise<void> {
  const { oss, host } = lifeboat;
  const fault = oss.faults.add({
    ...rule,
    fault: { kind: 'stall-before-headers', beforeCommit: when === 'before' },
  });
  await ask();
  while (fault.hits === 0) await systemClock.sleep(20);
  // What a stalled request changes is changed at once, or never.
  await systemClock.sleep(50);
  host.kill(functionName);
  fault.remove();
  await host.idle();
  ahead += 3.5 * minute;
  host.fireTimer('every-minute');
  await host.idle();
}

async function openKeys(): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of lifeboat.installation.state.store.list('open/')) {
    keys.push(...page.objects.map(({ key }) => key));
  }
  return keys;
}

describe('a backup whose worker is killed', () => {
  it.each(moments.map((moment, i) => [i, ...moment] as const))(
    'in case %i, at %s, is finished by the next tick, once and whole',
    async (i, _, rule, when) => {
      const { installation } = lifeboat;
      const name = `killed-${i}`;
      await killAndTick('lifeboat-backup', rule, when, () =>
        requestBackup(installation, {
          kind: 'BackupRequest',
          metadata: { name },
          cluster: 'a',
          vault: 'main',
          spec: { includedNamespaces: ['shop'] },
        }),
      );

      const run = await findRun(installation.state.store, { kind: 'backups', name });
      expect(run).toMatchObject({ phase: 'Completed', result: { phase: 'Completed' } });
      const vault = await installation.openVault('main');
      const described = await describeBackup(vault, name);
      expect(described).toMatchObject({ backup: { status: { phase: 'Completed' } }, problems: [] });
      expect(described.resourceList!['v1/ConfigMap']).toContain('shop/prices');
      for (const [key, { size }] of Object.entries(described.catalogue!.objects)) {
        expect([key, described.sizes[key]]).toEqual([key, size]);
      }
      expect(await openKeys()).toEqual([]);
    },
  );
});

describe('a restore whose worker is killed', () => {
  it.each([
    ['the reading of the archive', { operation: 'GetObject', key: /killed-0\.tar\.gz$/ }, 'before'],
    ['its report', { operation: 'PutObject', key: /restores\/.*-results\.gz$/ }, 'after'],
    ['its result', { operation: 'PutObject', key: /runs\/restores\/.*\/result\.json$/ }, 'before'],
  ] as const)('at %s, is finished by the next tick', async (moment, rule, when) => {
    const { installation } = lifeboat;
    const name = moment.replaceAll(' ', '-');
    await killAndTick('lifeboat-restore', rule, when, () =>
      requestRestore(installation, {
        kind: 'RestoreRequest',
        metadata: { name },
        cluster: 'b',
        vault: 'main',
        spec: { backupName: 'killed-0', namespaceMapping: { shop: name } },
      }),
    );
    const run = await findRun(installation.state.store, { kind: 'restores', name });
    expect(run).toMatchObject({ phase: 'Completed', starts: 2 });
    const cluster = await installation.openCluster('b');
    const prices = await cluster.request({
      method: 'GET',
      path: `/api/v1/namespaces/${name}/configmaps/prices`,
    });
    cluster.close();
    expect(JSON.parse(prices.body.toString())).toMatchObject({ data: { apple: '3' } });
    expect(await openKeys()).toEqual([]);
  });
});

describe('a backup whose worker is frozen', () => {
  it.each([
    ['while it uploads', { operation: 'UploadPart' }],
    ['before it hears that its commit is written', { operation: 'PutObject', key: /commit\.json$/ }],
  ] as const)(
    '%s is finished by its successor, and stays as it is when the frozen one wakes',
    async (when, rule) => {
      const { oss, host, installation } = lifeboat;
      const name = `frozen-${rule.operation.toLowerCase()}`;
      const fault = oss.faults.add({ ...rule, fault: { kind: 'stall-before-headers', ms: 1_000 } });
      await requestBackup(installation, {
        kind: 'BackupRequest',
        metadata: { name },
        cluster: 'a',
        vault: 'main',
        spec: { includedNamespaces: ['shop'] },
      });
      while (fault.hits === 0) await systemClock.sleep(20);
      // The instance at work comes first.
      const [frozen] = host.pids('lifeboat-backup');
      process.kill(frozen!, 'SIGSTOP');
      fault.remove();
      ahead += 3.5 * minute;
      host.fireTimer('every-minute');
      const look = () => findRun(installation.state.store, { kind: 'backups', name });
      while (!(await look())?.result) await systemClock.sleep(100);
      const vault = await installation.openVault('main');
      const before = [await look(), await describeBackup(vault, name), await etagsOf(vault, name)];
      expect([when, before[0]]).toMatchObject([when, { phase: 'Completed', starts: 2 }]);

      process.kill(frozen!, 'SIGCONT');
      await host.idle();
      expect([await look(), await describeBackup(vault, name), await etagsOf(vault, name)]).toEqual(before);
      expect(await openKeys()).toEqual([]);
    },
  );
});

async function etagsOf(vault: ObjectStore, name: string): Promise<string[]> {
  const etags: string[] = [];
  for await (const page of vault.list(`backups/${name}/`)) {
    etags.push(
      ...page.objects.map(({ key, etag, lastModified }) => `${key} ${etag} ${lastModified.toISOString()}`),
    );
  }
  return etags;
}
