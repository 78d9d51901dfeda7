import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { environmentCredentials } from '../../shared/app/fc/credentials';
import { installationKeys } from '../../shared/app/installation-keys';
import { readSettings } from '../../shared/app/settings';
import type { Binding } from '../../shared/platform/seal/binding';
import { openSecret, sealSecret } from '../../shared/platform/seal/envelope';
import { systemClock, systemRandom } from '../../shared/platform/system';
import { describeLive } from './describe-live';

const needs = {
  LIFEBOAT_LIVE_KMS_KEY: 'the id of a key in KMS under which you may make and open data keys',
};

describeLive('a secret is sealed under a key in KMS', needs, (value) => {
  it('opens again at its place, and at no other', async () => {
    const key = value('LIFEBOAT_LIVE_KMS_KEY');
    const keys = installationKeys({
      settings: readSettings({ ...process.env, LIFEBOAT_KMS_KEY: key }),
      credentials: async () => environmentCredentials(process.env),
      clock: systemClock,
      random: systemRandom,
    });
    const words = { what: 'the secret of the test', remedy: 'look at the key in KMS' };
    const secret = randomBytes(24).toString('hex');
    const place: Binding = ['lifeboat-live', 'here'];
    const sealed = await sealSecret(secret, place, keys, systemRandom);
    expect(sealed.keyId).toBe(`kms:${key}`);
    expect(await openSecret(sealed, place, keys, words)).toBe(secret);
    // KMS itself refuses: its word for another encryption context must be one that is known here.
    await expect(openSecret(sealed, ['lifeboat-live', 'elsewhere'], keys, words)).rejects.toMatchObject({
      kind: 'corrupt',
    });
  }, 60_000);
});
