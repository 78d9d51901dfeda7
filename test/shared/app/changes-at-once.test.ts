import { describe, expect, it } from '@jest/globals';
import { deleteCluster } from '../../../shared/app/clusters/delete-cluster';
import { labelCluster } from '../../../shared/app/clusters/label-cluster';
import { setNetwork } from '../../../shared/app/clusters/update-cluster';
import { trustKey } from '../../../shared/app/vaults/trust-key';
import { seedSigner } from '../../../shared/formats/vault/proof/signer';
import { anInstallation } from './an-installation';

type Made = Awaited<ReturnType<typeof anInstallation>>;
type Deed = (made: Made) => Promise<unknown>;

/** Lets `other` act in full before one of the requests of `one`: before each in turn. */
async function besideEachRequest(one: Deed, other: Deed, after: (made: Made) => Promise<void>) {
  for (let at = 1; ; at += 1) {
    const made = await anInstallation();
    let requests = 0;
    made.bucket.before = async () => {
      requests += 1;
      if (requests !== at) return;
      made.bucket.before = () => {};
      await other(made);
    };
    await one(made);
    if (requests < at) return;
    await after(made);
  }
}

const key = (byte: number) => seedSigner(Buffer.alloc(32, byte).toString('base64')).publicKey();

describe('two people who change one thing at once', () => {
  it.each<[string, Deed, Deed]>([
    [
      'labels',
      ({ installation }) => labelCluster(installation, 'a', { one: 'set' }),
      ({ installation }) => labelCluster(installation, 'a', { other: 'set', env: undefined }),
    ],
    [
      'labels and network',
      ({ installation }) => labelCluster(installation, 'a', { one: 'set', other: 'set', env: undefined }),
      ({ installation }) => setNetwork(installation, 'a', 'blue'),
    ],
  ])('of a cluster, its %s, lose nothing of it', async (what, one, other) => {
    await besideEachRequest(one, other, async ({ state }) => {
      const { metadata, spec } = await state.clusters.get('a');
      expect(metadata.labels).toEqual({ one: 'set', other: 'set' });
      expect(spec.network).toBe(what === 'labels' ? undefined : 'blue');
    });
  });

  it('trust both keys in a vault', async () => {
    const [one, other] = [await key(1), await key(2)];
    await besideEachRequest(
      ({ installation }) => trustKey(installation, 'main', { key: one }),
      ({ installation }) => trustKey(installation, 'main', { key: other }),
      async ({ state }) => {
        const { trustedKeys = [] } = (await state.vaults.get('main')).spec;
        expect([...trustedKeys].sort()).toEqual([one, other].sort());
      },
    );
  });

  it('do not bring a deleted cluster back by a label', async () => {
    await besideEachRequest(
      ({ installation }) => labelCluster(installation, 'a', { one: 'set' }).catch(() => {}),
      ({ installation }) => deleteCluster(installation, 'a'),
      async ({ state }) => expect(await state.clusters.find('a')).toBeUndefined(),
    );
  });
});
