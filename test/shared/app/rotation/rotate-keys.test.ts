import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { seal } from '../../../../shared/platform/seal/seal';
import { openCluster } from '../../../../shared/app/clusters/open-cluster';
import { registerCluster } from '../../../harness/register-cluster';
import { rotateKeys, sealedThings } from '../../../../shared/app/rotation/rotate-keys';
import { installationSigner, keepSigningKey } from '../../../../shared/app/secrets/signing-key';
import { systemRandom } from '../../../../shared/platform/system';
import { isSignedBy } from '../../../../shared/formats/vault/proof/signer';
import { kmsServer } from '../../../harness/kms-server';
import type { MemoryBucket } from '../../../harness/memory-bucket';
import { workingInstallation } from '../../../harness/working-installation';

const newKey = () => randomBytes(32).toString('base64');
const server = 'https://10.0.0.1:6443';
const names = ['a', 'b', 'c', 'd', 'e'];
const tokenOf = (name: string) => `token-of-${name}`;

/** Five clusters and a signing key under one key of the environment. */
async function sealedUnder(key: string) {
  const lifeboat = await workingInstallation({ LIFEBOAT_SEAL_KEY: key });
  for (const name of names)
    await registerCluster(name, { server, token: tokenOf(name) }, lifeboat.installation);
  const publicKey = await keepSigningKey(lifeboat.installation);
  return { bucket: lifeboat.bucket, publicKey };
}

/** Which clusters open with these keys, and whether backups are signed with the key that there was. */
async function opens(environment: Record<string, string>, bucket: MemoryBucket, publicKey: string) {
  const { installation } = await workingInstallation(environment, bucket);
  const opened: string[] = [];
  for (const name of names) {
    const manifest = await installation.state.clusters.get(name);
    await openCluster(manifest, installation).then(
      (cluster) => {
        cluster.close();
        opened.push(name);
      },
      () => {},
    );
  }
  const signer = await installationSigner(installation).catch(() => undefined);
  const message = Buffer.from('x');
  const signed = signer !== undefined && isSignedBy(publicKey, message, await signer.sign(message));
  return { opened, signed };
}
const all = { opened: names, signed: true };
const nothing = { opened: [], signed: false };

describe('changing the sealing key', () => {
  it('seals everything under the new one; the old one is needed no more and opens nothing', async () => {
    const [before, after] = [newKey(), newKey()];
    const { bucket, publicKey } = await sealedUnder(before);
    const both = { LIFEBOAT_SEAL_KEY: after, LIFEBOAT_SEAL_KEY_OLD: before };
    expect(await opens(both, bucket, publicKey)).toEqual(all);
    const { installation } = await workingInstallation(both, bucket);
    const things = await sealedThings(installation);
    expect(things).toHaveLength(6);
    expect(things.map(({ what, current }) => [what, current])).toContainEqual([
      'the signing key (keys/signing.json)',
      false,
    ]);
    const rotation = await rotateKeys(installation);
    expect(rotation.sealedAgain).toHaveLength(6);
    expect(rotation).toMatchObject({ keyId: installation.sealing.current().id, failed: [] });
    expect((await sealedThings(installation)).every(({ current }) => current)).toBe(true);
    expect(await opens({ LIFEBOAT_SEAL_KEY: after }, bucket, publicKey)).toEqual(all);
    expect(await opens({ LIFEBOAT_SEAL_KEY: before }, bucket, publicKey)).toEqual(nothing);
    expect(await rotateKeys(installation)).toMatchObject({ sealedAgain: [], failed: [] });
    const stored = bucket.keys().filter((key) => key.startsWith('state/clusters/'));
    const earlier = things.map(({ keyId }) => keyId);
    for (const key of stored)
      for (const keyId of earlier) expect(bucket.objects.get(key)!.body.toString()).not.toContain(keyId);
  });

  it('loses nothing, wherever it is killed, and goes on where it stopped', async () => {
    let died = true;
    // Each write of the rotation is the last that happens once.
    for (let last = 0; died; last += 1) {
      const [before, after] = [newKey(), newKey()];
      const { bucket, publicKey } = await sealedUnder(before);
      const both = { LIFEBOAT_SEAL_KEY: after, LIFEBOAT_SEAL_KEY_OLD: before };
      let writes = 0;
      died = false;
      const dies = (operation: string) => {
        if (died || (['put', 'create'].includes(operation) && writes++ === last)) {
          died = true;
          throw new Error('killed');
        }
      };
      const { installation } = await workingInstallation(both, bucket);
      const earlier = (await sealedThings(installation))[0]!.keyId;
      bucket.before = dies;
      await rotateKeys(installation).catch(() => {});
      bucket.before = () => {};
      expect(await opens(both, bucket, publicKey)).toEqual(all);
      const rest = await rotateKeys((await workingInstallation(both, bucket)).installation);
      expect(rest.failed).toEqual([]);
      expect([...rest.sealedAgain, ...rest.asTheyWere]).toHaveLength(6);
      for (const key of bucket.keys().filter((each) => each.startsWith('state/clusters/')))
        expect(bucket.objects.get(key)!.body.toString()).not.toContain(earlier);
      expect(await opens({ LIFEBOAT_SEAL_KEY: after }, bucket, publicKey)).toEqual(all);
    }
  });

  it('does not bring back a signing key that is replaced meanwhile, and shows what cannot be read', async () => {
    const [before, after] = [newKey(), newKey()];
    const { bucket } = await sealedUnder(before);
    const { installation } = await workingInstallation(
      { LIFEBOAT_SEAL_KEY: after, LIFEBOAT_SEAL_KEY_OLD: before },
      bucket,
    );
    const signing = 'state/keys/signing.json';
    let replaced: string | undefined;
    let reads = 0;
    bucket.before = async (operation, key) => {
      // The second look at it comes before it is put again.
      if (operation !== 'get' || key !== signing || ++reads !== 2) return;
      const { installation: other } = await workingInstallation({ LIFEBOAT_SEAL_KEY: after }, bucket);
      replaced = await keepSigningKey(other, { replace: true });
    };
    const { failed } = await rotateKeys(installation);
    expect(failed).toEqual([
      { what: 'the signing key (keys/signing.json)', reason: expect.stringContaining('replaced meanwhile') },
    ]);
    expect(await installationSigner(installation).then((signer) => signer?.publicKey())).toBe(replaced);
    bucket.write(signing, Buffer.from('{'));
    bucket.write('state/clusters/a.2.json', Buffer.from('{'));
    expect((await sealedThings(installation)).filter(({ keyId }) => keyId === 'unknown')).toMatchObject([
      { what: 'cluster "a"', current: false },
      { what: 'the signing key (keys/signing.json)', current: false },
    ]);
  });

  it('brings the first format up to date', async () => {
    const key = newKey();
    const { bucket, publicKey } = await sealedUnder(key);
    const { installation } = await workingInstallation({ LIFEBOAT_SEAL_KEY: key }, bucket);
    const { clusters } = installation.state;
    const text = JSON.stringify({ server, token: tokenOf('a') });
    const place = ['lifeboat-kubeconfig', installation.id, 'a', server] as const;
    const manifest = await clusters.get('a');
    const sealedKubeconfig = seal(text, place, key, systemRandom);
    await clusters.change('a', () => ({ ...manifest, spec: { ...manifest.spec, sealedKubeconfig } }));
    expect(await opens({ LIFEBOAT_SEAL_KEY: key }, bucket, publicKey)).toEqual(all);
    expect((await rotateKeys(installation)).sealedAgain).toEqual(['cluster "a"']);
    expect((await clusters.get('a')).spec.sealedKubeconfig?.version).toBe(2);
    expect(await opens({ LIFEBOAT_SEAL_KEY: key }, bucket, publicKey)).toEqual(all);
  });

  it('goes on with the others when one cannot be opened, and names it', async () => {
    const [before, after] = [newKey(), newKey()];
    const { bucket } = await sealedUnder(before);
    const both = { LIFEBOAT_SEAL_KEY: after, LIFEBOAT_SEAL_KEY_OLD: before };
    const { installation } = await workingInstallation(both, bucket);
    const { clusters } = installation.state;
    const [a, b] = [await clusters.get('a'), await clusters.get('b')];
    // One cluster's secret under another's name.
    const { sealedKubeconfig } = a.spec;
    await clusters.change('b', () => ({ ...b, spec: { ...b.spec, sealedKubeconfig } }));
    const { sealedAgain, failed } = await rotateKeys(installation);
    expect(sealedAgain).toHaveLength(5);
    expect(failed).toEqual([
      { what: 'cluster "b"', reason: expect.stringContaining('belongs to another place or installation') },
    ]);
  });

  it('moves everything into KMS, and back', async () => {
    const kms = await kmsServer('key-first', 'key-second');
    try {
      const key = newKey();
      const { bucket, publicKey } = await sealedUnder(key);
      const endpoint = { LIFEBOAT_KMS_ENDPOINT: kms.endpoint };
      const moving = { ...endpoint, LIFEBOAT_SEAL_KEY: key, LIFEBOAT_KMS_KEY: 'key-first' };
      const rotate = async (environment: Record<string, string>) =>
        rotateKeys((await workingInstallation(environment, bucket)).installation);
      expect(await rotate(moving)).toMatchObject({ keyId: 'kms:key-first', failed: [] });
      expect(await opens({ ...endpoint, LIFEBOAT_KMS_KEY: 'key-first' }, bucket, publicKey)).toEqual(all);
      expect(await opens({ LIFEBOAT_SEAL_KEY: key }, bucket, publicKey)).toEqual(nothing);
      const second = { ...endpoint, LIFEBOAT_KMS_KEY: 'key-second' };
      expect(await rotate({ ...second, LIFEBOAT_KMS_KEY_OLD: 'key-first' })).toMatchObject({ failed: [] });
      kms.disable('key-first');
      expect(await opens(second, bucket, publicKey)).toEqual(all);
      const home = { ...endpoint, LIFEBOAT_SEAL_KEY: key, LIFEBOAT_KMS_KEY_OLD: 'key-second' };
      expect(await rotate(home)).toMatchObject({ failed: [] });
      expect(await opens({ LIFEBOAT_SEAL_KEY: key }, bucket, publicKey)).toEqual(all);
    } finally {
      await kms.close();
    }
  });
});
