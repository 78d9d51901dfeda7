import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  openSealedKubeconfig,
  type SealBinding,
  sealKubeconfig,
} from '../../../../shared/platform/kubernetes/seal';
import { seal, sealingKeyId } from '../../../../shared/platform/seal/seal';
import { systemRandom } from '../../../../shared/platform/system';
import { sealingKeys } from '../../../harness/sealing-keys';

const key = Buffer.alloc(32, 7).toString('base64');
const keys = sealingKeys({ LIFEBOAT_SEAL_KEY: key });
const binding: SealBinding = { installation: 'i-1', cluster: 'prod', server: 'https://api.example.com:6443' };
const kubeconfig = {
  server: binding.server,
  token: 'secret-token-of-the-user',
  clientKeyData: 'c2VjcmV0LWtleQ==',
};
const sealed = () => sealKubeconfig(kubeconfig, binding, keys, systemRandom);

describe('a sealed kubeconfig', () => {
  it('opens again with the same key at the same place', async () => {
    const stored = JSON.parse(JSON.stringify(await sealed()));
    expect(await openSealedKubeconfig(stored, binding, keys)).toEqual(kubeconfig);
  });

  it('shows nothing of the secrets', async () => {
    const stored = JSON.stringify(await sealed());
    for (const encoding of ['utf8', 'base64', 'hex'] as const) {
      expect(stored).not.toContain(Buffer.from(kubeconfig.token).toString(encoding));
    }
    expect(stored).not.toContain(key);
  });

  it('is read in the form of earlier versions, sealed with the key itself', async () => {
    const place = ['lifeboat-kubeconfig', binding.installation, binding.cluster, binding.server] as const;
    const earlier = seal(JSON.stringify(kubeconfig), place, key, systemRandom);
    expect(earlier.version).toBe(1);
    expect(await openSealedKubeconfig(earlier, binding, keys)).toEqual(kubeconfig);
    const other = sealingKeys({ LIFEBOAT_SEAL_KEY: randomBytes(32).toString('base64') });
    await expect(openSealedKubeconfig(earlier, binding, other)).rejects.toMatchObject({
      kind: 'denied',
      message: `cluster "prod": its kubeconfig was sealed with key env:${sealingKeyId(key)}, which is not at hand`,
      hint: expect.stringContaining('LIFEBOAT_SEAL_KEY_OLD'),
    });
  });

  it.each<[string, Partial<SealBinding>]>([
    ['another name', { cluster: 'staging' }],
    ['another server address', { server: 'https://evil.example.com' }],
    ['another installation', { installation: 'i-2' }],
  ])('does not open when moved to %s', async (_, change) => {
    await expect(openSealedKubeconfig(await sealed(), { ...binding, ...change }, keys)).rejects.toMatchObject(
      {
        kind: 'corrupt',
        message: expect.stringContaining(change.cluster ?? 'prod'),
        hint: expect.stringContaining('lifeboat cluster update'),
      },
    );
  });

  it('is refused for a server that the kubeconfig does not name', async () => {
    const elsewhere = { ...binding, server: 'https://b' };
    await expect(sealKubeconfig(kubeconfig, elsewhere, keys, systemRandom)).rejects.toMatchObject({
      kind: 'invalid',
    });
  });
});
