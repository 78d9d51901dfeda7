import { expect, it } from '@jest/globals';
import { addNotification } from '../../../../shared/app/add-notification';
import type { Installation } from '../../../../shared/app/installation';
import { installationKeys } from '../../../../shared/app/installation-keys';
import { openKeptSecret } from '../../../../shared/app/rotation/kept-secrets';
import { reseal } from '../../../../shared/app/rotation/reseal';
import { restoreState } from '../../../../shared/app/state/restore-state';
import { sealedCredentials } from '../../../../shared/app/clusters/seal-cluster';
import type { Settings } from '../../../../shared/app/settings';
import { keepSigningKey } from '../../../../shared/app/secrets/signing-key';
import { sealVaultSecret } from '../../../../shared/app/vaults/vault-credentials';
import { silentLog } from '../../../../shared/platform/log/log';
import { newRecoveryKey } from '../../../../shared/operations/disaster/recovery/recovery-key';
import { openState } from '../../../../shared/formats/state/state';
import { collectState } from '../../../../shared/operations/disaster/state-export/collect-state';
import { planStateRestore } from '../../../../shared/operations/disaster/state-restore/plan-state-restore';
import { systemClock, systemRandom } from '../../../../shared/platform/system';
import { MemoryBucket } from '../../../harness/memory-bucket';

const pair = newRecoveryKey(systemRandom);
const newKey = () => systemRandom.bytes(32).toString('base64');

/** An installation whose keys are its own. */
function installation(id: string, more: Partial<Settings> = {}) {
  const settings = {
    region: 'cn-hangzhou',
    networkType: 'public',
    local: false,
    sealKey: newKey(),
    vaultKey: newKey(),
    notificationKey: newKey(),
    ...more,
  } as Settings;
  const bucket = new MemoryBucket();
  const parts = { settings, clock: systemClock, random: systemRandom, log: silentLog };
  const credentials = async () => ({ accessKeyId: 'x', accessKeySecret: 'y' });
  const sealing = installationKeys({ ...parts, credentials });
  return { ...parts, id, sealing, holder: 'test', state: openState(bucket.store()), bucket };
}

it('brings every kind of sealed secret over to an installation with other keys, by the recovery key alone', async () => {
  const old = installation('a'.repeat(32));
  const whole = old as unknown as Installation;
  const server = 'https://10.0.0.1:6443';
  const kubeconfig = { server, token: 'token-of-an-admin' } as unknown as Parameters<
    typeof sealedCredentials
  >[1];
  await old.state.clusters.create({
    kind: 'Cluster',
    metadata: { name: 'home' },
    spec: await sealedCredentials('home', kubeconfig, whole),
  });
  const place = { name: 'main', bucket: 'team-backups', accessKeyId: 'LTAI1' };
  await old.state.vaults.create({
    kind: 'Vault',
    metadata: { name: 'main' },
    spec: {
      region: 'cn-hangzhou',
      bucket: 'team-backups',
      accessKey: { id: 'LTAI1', sealedSecret: sealVaultSecret('secret-of-the-bucket', place, old) },
    },
  });
  const target = { url: 'https://example.com/hook?token=hook-token', secret: 'signs-what-is-told' };
  await addNotification(whole, { name: 'team', type: 'webhook', target });
  const publicKey = await keepSigningKey(whole);
  const seed = await openKeptSecret('keys/signing.json', await manifestOf(old, 'keys/signing.json'), old);
  expect((await collectState(old.state.store)).leftOut).toHaveLength(4);

  const resealing = { ...whole, settings: { ...old.settings, recoveryKey: pair.publicKey } };
  expect(await reseal(resealing)).toMatchObject({ failed: [], known: [] });
  expect((await reseal(resealing)).known).toHaveLength(4);
  const collected = await collectState(old.state.store);
  expect(collected.leftOut).toEqual([]);

  const made = installation('', { recoveryKey: pair.publicKey });
  const content = {
    kind: 'StateExport' as const,
    format: 1 as const,
    installation: old.id,
    day: '2026-11-23',
    vault: { name: 'main', region: 'cn-hangzhou', bucket: 'team-backups' },
    ...collected,
  };
  const plan = planStateRestore(
    { content },
    { region: 'cn-hangzhou', bucket: 'team-backups' },
    pair.privateKey,
  );
  const id = await restoreState(plan, { ...made, state: made.state.store });
  const secrets = { ...made, id };
  const opened = async (key: string) => openKeptSecret(key, await manifestOf(made, key), secrets);
  expect(JSON.parse(await opened('clusters/home.json'))).toEqual(kubeconfig);
  expect(await opened('vaults/main.json')).toBe('secret-of-the-bucket');
  expect(JSON.parse(await opened('notifications/team.json'))).toEqual(target);
  expect(await opened('keys/signing.json')).toBe(seed);
  expect(await manifestOf(made, 'keys/signing.json')).toMatchObject({ publicKey });
  const everything = [...old.bucket.keys(), ...made.bucket.keys()].join() + textOf(old) + textOf(made);
  for (const secret of ['token-of-an-admin', 'secret-of-the-bucket', 'hook-token', seed])
    expect(everything).not.toContain(secret);
});

it('removes the copies of secrets that are gone when it reseals', async () => {
  const one = installation('a'.repeat(32), { recoveryKey: pair.publicKey });
  const whole = one as unknown as Installation;
  await addNotification(whole, {
    name: 'team',
    type: 'webhook',
    target: { url: 'https://example.com/a', secret: 'one' },
  });
  await addNotification(whole, {
    name: 'gone',
    type: 'webhook',
    target: { url: 'https://example.com/b', secret: 'two' },
  });
  await one.state.notifications.remove('gone');
  const copies = () => one.bucket.keys().filter((key) => key.startsWith('recovery/'));
  expect(copies()).toHaveLength(2);
  expect((await reseal(whole)).known).toEqual(['notifications/team.json']);
  expect(copies()).toHaveLength(1);
});

async function manifestOf({ state }: ReturnType<typeof installation>, key: string): Promise<unknown> {
  return JSON.parse((await state.store.get(key)).body.toString());
}

function textOf({ bucket }: ReturnType<typeof installation>): string {
  return bucket
    .keys()
    .map((key) => bucket.objects.get(key)!.body.toString())
    .join('\n');
}
