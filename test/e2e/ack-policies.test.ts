import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { bareApi, bareAnswer, bareRequest } from '../../local/proof/bare-api';
import type { VaultExpiry } from '../../shared/app/ticks/expire';
import { requestBackup, requestRestore } from '../../shared/app/runs/request';
import { findRun } from '../../shared/formats/state/run/runs';
import { systemClock } from '../../shared/platform/system';
import { type HostedLifeboat, startHostedLifeboat } from '../harness/hosted-lifeboat';

// Functions are processes, on machines that may have other work.
jest.setTimeout(180_000);

const day = 86_400_000;
/** What the guide of ACK's backup center has its users allow, for all buckets or for one. */
const Action = [
  'oss:PutObject',
  'oss:GetObject',
  'oss:DeleteObject',
  'oss:GetBucket',
  'oss:ListObjects',
  'oss:ListBuckets',
];
const templates = [
  { buckets: 'all buckets', Resource: ['*'] },
  { buckets: 'one bucket', Resource: ['acs:oss:*:*:lifeboat-vault', 'acs:oss:*:*:lifeboat-vault/*'] },
];
const policyWith = (Resource: string[]) => ({
  Version: '1',
  Statement: [
    { Effect: 'Allow', Action, Resource },
    // Not of OSS: functions start each other.
    { Effect: 'Allow', Action: 'fc:InvokeFunction', Resource: '*' },
  ],
});

let lifeboat: HostedLifeboat;
/** How far OSS's clock is ahead of those of the functions. */
let ahead = 0;

beforeAll(async () => {
  lifeboat = await startHostedLifeboat({
    duplicate: () => false,
    ossClock: { ...systemClock, now: () => new Date(Date.now() + ahead) },
    // Beside the vault, in the one bucket that may be used.
    state: 'oss://lifeboat-vault/state',
    policyOf: () => policyWith(['*']),
  });
  await lifeboat.a.load(
    'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n' +
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: prices, namespace: shop}\ndata: {apple: "3"}\n',
  );
});
afterAll(() => lifeboat?.close());

describe.each(templates)('with the policy template of ACK for $buckets', ({ buckets, Resource }) => {
  const named = (name: string) => `${name}-${buckets.replace(' ', '-')}`;
  beforeAll(() => {
    lifeboat.allow(policyWith(Resource));
    lifeboat.oss.denials.length = 0;
    lifeboat.lines.length = 0;
  });

  const resultOf = async (kind: 'backups' | 'restores', name: string) =>
    (await findRun(lifeboat.installation.state.store, { kind, name }))?.result;
  const backUp = async (name: string) => {
    await requestBackup(lifeboat.installation, {
      kind: 'BackupRequest',
      metadata: { name },
      cluster: 'a',
      vault: 'main',
      spec: { includedNamespaces: ['shop'], ttl: '24h' },
    });
    await lifeboat.host.idle();
  };
  const expiry = async () => {
    lifeboat.finished.length = 0;
    lifeboat.host.fireTimer('every-hour');
    await lifeboat.host.idle();
    const { outcome } = lifeboat.finished.find(({ functionName }) => functionName.endsWith('-expiry'))!;
    return (JSON.parse(outcome.body!.toString()) as { vaults: Record<string, VaultExpiry> }).vaults.main!;
  };

  it('backs up and restores, and warns of what it may not clean up', async () => {
    await backUp(named('first'));
    expect(await resultOf('backups', named('first'))).toMatchObject({ phase: 'Completed', errors: 0 });
    const api = bareApi(lifeboat.a.kubeconfig);
    await bareRequest(api, 'DELETE', '/api/v1/namespaces/shop');
    await lifeboat.a.settled();
    await requestRestore(lifeboat.installation, {
      kind: 'RestoreRequest',
      metadata: { name: named('back') },
      cluster: 'a',
      vault: 'main',
      spec: { backupName: named('first') },
    });
    await lifeboat.host.idle();
    expect(await resultOf('restores', named('back'))).toMatchObject({ phase: 'Completed', errors: 0 });
    const prices = await bareAnswer(api, 'GET', '/api/v1/namespaces/shop/configmaps/prices');
    expect(prices.status).toBe(200);
    expect(lifeboat.lines.join('\n')).toMatch(
      /\[warn\].*unfinished uploads are left to a lifecycle rule of the bucket: ListMultipartUploads .*AccessDenied/,
    );
  });

  it('lets a backup expire, its content too', async () => {
    await backUp(named('second'));
    ahead += 2 * day;
    expect(await expiry()).toMatchObject({
      failed: [],
      expired: [{ name: named('first') }, { name: named('second') }],
    });
    ahead += 2 * day;
    const done = await expiry();
    expect(done.failed).toEqual([]);
    expect(done.deletions).toMatchObject([
      { backup: named('first'), state: 'deleted', uploadsLeft: expect.stringContaining('lifecycle rule') },
      { backup: named('second'), state: 'deleted' },
    ]);
    const left: string[] = [];
    for await (const page of (await lifeboat.installation.openVault('main')).list('backups/'))
      left.push(...page.objects.map(({ key }) => key));
    expect(left).toEqual([]);
  });

  it('was refused nothing but what the template leaves out', () => {
    const refused = new Set(lifeboat.oss.denials.map(({ action }) => action));
    expect([...refused]).toEqual(['oss:ListMultipartUploads']);
    expect(lifeboat.finished.filter(({ outcome }) => outcome.error)).toEqual([]);
  });
});
