import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signCall } from '../../../../shared/platform/alibaba/acs3-signature';
import { alibabaKms, kmsEndpoint } from '../../../../shared/platform/alibaba/kms';
import { openSecret, sealSecret } from '../../../../shared/platform/seal/envelope';
import { systemClock, systemRandom } from '../../../../shared/platform/system';
import { kmsServer, role } from '../../../harness/kms-server';
import { sealingKeys } from '../../../harness/sealing-keys';

let server: Awaited<ReturnType<typeof kmsServer>>;
beforeAll(async () => {
  server = await kmsServer('key-first', 'key-second');
});
afterAll(() => server.close());

const kms = (credentials = role) =>
  alibabaKms({
    endpoint: server.endpoint,
    credentials: async () => credentials,
    clock: systemClock,
    random: systemRandom,
  });
const place = ['a-secret', 'i-1', 'name'] as const;
const words = { what: 'secret "name"', remedy: 'give it again' };
const keysOf = (environment: Record<string, string>) =>
  sealingKeys({ LIFEBOAT_KMS_ENDPOINT: server.endpoint, ...environment });

describe('the signature of a call', () => {
  it('is the one that the documentation gives for its example', () => {
    const { headers } = signCall({
      host: 'ecs.cn-shanghai.aliyuncs.com',
      action: 'RunInstances',
      version: '2014-05-26',
      parameters: {
        RegionId: 'cn-shanghai',
        ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd',
      },
      accessKeyId: 'YourAccessKeyId',
      accessKeySecret: 'YourAccessKeySecret',
      at: new Date('2023-10-26T10:22:32Z'),
      nonce: '3156853299f313e23d1673dc12e1703d',
    });
    expect(headers.authorization).toBe(
      'ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
    );
  });
});

describe('KMS', () => {
  it('is asked over https, through the VPC where functions are in one', () => {
    expect(kmsEndpoint('cn-hangzhou', false)).toBe('https://kms.cn-hangzhou.aliyuncs.com');
    expect(kmsEndpoint('cn-hangzhou', true)).toBe('https://kms-vpc.cn-hangzhou.aliyuncs.com');
  });

  it('makes data keys and opens them again with their context', async () => {
    const context = { lifeboat: "a (secret) *with* 'all' that is encoded: /+& ü" };
    const { plain, wrapped } = await kms().generateDataKey('key-first', context);
    expect(plain).toHaveLength(32);
    expect(await kms().decrypt(wrapped, context)).toEqual({ plain, keyId: 'key-first' });
    await expect(kms().decrypt(wrapped, { lifeboat: 'other' })).rejects.toMatchObject({ kind: 'invalid' });
  });

  it('refuses a key that does not exist and a secret that is wrong, naming what was asked for', async () => {
    await expect(kms().generateDataKey('key-third', {})).rejects.toMatchObject({
      kind: 'not-found',
      message: 'GenerateDataKey for KMS key key-third: Forbidden.KeyNotFound, status 404',
    });
    const wrong = await kms({ ...role, accessKeySecret: 'other' })
      .generateDataKey('key-first', {})
      .catch((error: Error) => error);
    expect(wrong).toMatchObject({
      kind: 'denied',
      message: expect.stringContaining('SignatureDoesNotMatch'),
    });
  });
});

describe('a secret under a key in KMS', () => {
  it('opens at its place only, and its data key is all that KMS ever sees', async () => {
    const keys = keysOf({ LIFEBOAT_KMS_KEY: 'key-first' });
    server.taken.length = 0;
    const sealed = await sealSecret('token of the user', place, keys, systemRandom);
    expect(sealed).toMatchObject({ version: 2, keyId: 'kms:key-first' });
    expect(await openSecret(sealed, place, keys, words)).toBe('token of the user');
    const moved = openSecret(sealed, ['a-secret', 'i-1', 'other'], keys, words);
    await expect(moved).rejects.toMatchObject({ kind: 'corrupt' });
    expect(server.taken.map(({ action }) => action)).toEqual(['GenerateDataKey', 'Decrypt', 'Decrypt']);
    expect(JSON.stringify(server.taken)).not.toContain('token of the user');
  });

  it('is sealed by KMS even where the environment has a key too, which still opens what it sealed', async () => {
    const environment = { LIFEBOAT_SEAL_KEY: Buffer.alloc(32, 7).toString('base64') };
    const earlier = await sealSecret('old', place, keysOf(environment), systemRandom);
    const keys = keysOf({ ...environment, LIFEBOAT_KMS_KEY: 'key-first' });
    expect(keys.current().id).toBe('kms:key-first');
    expect(await openSecret(earlier, place, keys, words)).toBe('old');
  });

  it('is refused when a key wrapped it that is not ours, also where we might use that key', async () => {
    const theirs = await sealSecret(
      'planted',
      place,
      keysOf({ LIFEBOAT_KMS_KEY: 'key-second' }),
      systemRandom,
    );
    const keys = keysOf({ LIFEBOAT_KMS_KEY: 'key-first' });
    await expect(openSecret(theirs, place, keys, words)).rejects.toMatchObject({
      kind: 'denied',
      message: 'secret "name" was sealed with key kms:key-second, which is not at hand',
      hint: expect.stringContaining('LIFEBOAT_KMS_KEY_OLD'),
    });
    const forged = { ...theirs, keyId: 'kms:key-first' };
    await expect(openSecret(forged, place, keys, words)).rejects.toMatchObject({ kind: 'corrupt' });
  });

  it('says so when KMS has the key disabled', async () => {
    const keys = keysOf({ LIFEBOAT_KMS_KEY: 'key-second' });
    const sealed = await sealSecret('text', place, keys, systemRandom);
    server.disable('key-second');
    await expect(openSecret(sealed, place, keys, words)).rejects.toMatchObject({
      kind: 'denied',
      message: expect.stringContaining('Rejected.Disabled'),
    });
  });

  it.each(['alias/mine', 'acs:kms:cn-hangzhou:1:key/key-first', 'short'])('takes no %s for a key', (key) => {
    expect(() => sealingKeys({ LIFEBOAT_KMS_KEY: key })).toThrow(
      'LIFEBOAT_KMS_KEY is not the id of a key in KMS',
    );
  });
});
