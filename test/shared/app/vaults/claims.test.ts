import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { applyManifest } from '../../../../shared/app/apply/apply-manifest';
import type { Installation } from '../../../../shared/app/installation';
import { adoptInstallation } from '../../../../shared/app/state/adopt';
import { addVault } from '../../../../shared/app/vaults/add-vault';
import { claimQuietly } from '../../../../shared/app/vaults/claim-at-work';
import { examineClaims } from '../../../../shared/app/vaults/examine-claims';
import { removeVault } from '../../../../shared/app/vaults/remove-vault';
import { shareVault, unshareVault } from '../../../../shared/app/vaults/share-vault';
import type { Vault } from '../../../../shared/formats/manifests/vault';
import { readClaims } from '../../../../shared/formats/vault/claims/claims';
import { keysOf, openAt, person, startRegion, vaultAt } from './vault-fixture';

let oss: Awaited<ReturnType<typeof startRegion>>;
let a: Installation;
let b: Installation;
let places = 0;
beforeAll(async () => {
  oss = await startRegion('cn-hangzhou', {
    credentials: [person],
    buckets: [
      { name: 'state' },
      { name: 'vault' },
      { name: 'versioned', versioning: 'Enabled' },
      { name: 'locked', worm: { days: 30 } },
    ],
  });
  [a, b] = [await openAt(oss), await openAt(oss, { LIFEBOAT_STATE: 'oss://state/second' })];
});
afterAll(() => oss.stop());

/** The same place for both, which no other test uses; a vault of a name of its own. */
function aPlace(spec: object = {}): { name: string; manifest: (more?: object) => Vault } {
  places += 1;
  const name = `v${places}`;
  return {
    name,
    manifest: (more = {}) => vaultAt(name, { subdirectory: name, ...spec, ...more }) as Vault,
  };
}

const levels = async (installation: Installation, name: string) =>
  (await examineClaims(installation, await installation.state.vaults.get(name))).map(({ level }) => level);
const words = async (installation: Installation, name: string) =>
  JSON.stringify(await examineClaims(installation, await installation.state.vaults.get(name)));

describe('a vault whose folders overlap those of another installation', () => {
  it.each([
    ['within', 'o1', 'o1/backups'],
    ['above', 'o2/backups', 'o2'],
    ['further within', 'o3', 'o3/a/b'],
  ])('is refused %s the other: %s and %s', async (_, taken, wanted) => {
    await addVault(a, vaultAt(`taken-${taken.slice(0, 2)}`, { subdirectory: taken }) as Vault);
    const manifest = vaultAt(`wanted-${taken.slice(0, 2)}`, { subdirectory: wanted }) as Vault;
    await expect(addVault(b, manifest)).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringMatching(new RegExp(`overlaps "${taken}".*${a.id}`)),
    });
    expect(await b.state.vaults.find(manifest.metadata.name)).toBeUndefined();
  });

  it('is accepted beside it', async () => {
    await addVault(a, vaultAt('beside-a', { subdirectory: 'o4/x' }) as Vault);
    await addVault(b, vaultAt('beside-b', { subdirectory: 'o4/y' }) as Vault);
  });
});

describe.each(['vault', 'versioned', 'locked'])(
  'a vault in the bucket %s that another installation has claimed',
  (bucket) => {
    it('is refused to a second writer, who is told the remedies and leaves nothing behind', async () => {
      const { name, manifest } = aPlace({ bucket });
      await addVault(a, manifest());
      await expect(addVault(b, manifest())).rejects.toMatchObject({
        kind: 'conflict',
        message: expect.stringContaining(a.id),
        hint: expect.stringMatching(new RegExp(`--read-only.*--share.*--replace ${a.id}.*subdirectory`)),
      });
      expect(await b.state.vaults.find(name)).toBeUndefined();
      expect(await keysOf(a.openVaultStore(manifest()))).toEqual([`metadata/lifeboat/installations/${a.id}`]);
      expect(await levels(a, name)).toEqual(['ok']);
    });

    it('is open to who only reads, who claims nothing', async () => {
      const { name, manifest } = aPlace({ bucket });
      await addVault(a, manifest());
      await addVault(b, manifest({ accessMode: 'ReadOnly' }));
      expect(await keysOf(a.openVaultStore(manifest()))).toEqual([`metadata/lifeboat/installations/${a.id}`]);
      expect(await levels(a, name)).toEqual(['ok']);
      expect(await levels(b, name)).toEqual([]);
      await removeVault(b, name);
      expect(await levels(a, name)).toEqual(['ok']);
    });

    it('is open to a second writer only when both say that they share it', async () => {
      const { name, manifest } = aPlace({ bucket });
      await addVault(a, manifest());
      await expect(addVault(b, manifest({ share: true }))).rejects.toMatchObject({
        kind: 'conflict',
        hint: expect.stringContaining('`lifeboat vault share NAME` in installation'),
      });
      await shareVault(a, name);
      await expect(addVault(b, manifest())).rejects.toMatchObject({
        hint: expect.stringContaining('say --share;'),
      });
      await addVault(b, manifest({ share: true }));
      expect(await levels(a, name)).toEqual(['ok', 'ok']);
      expect(await levels(b, name)).toEqual(['ok', 'ok']);
      await expect(unshareVault(a, name)).rejects.toMatchObject({
        kind: 'conflict',
        message: expect.stringContaining(b.id),
      });
      await removeVault(b, name);
      await unshareVault(a, name);
      expect(await levels(a, name)).toEqual(['ok']);
      await expect(addVault(b, manifest({ share: true }))).rejects.toMatchObject({ kind: 'conflict' });
    });

    it('is free when the other deletes it, and again when that one comes back', async () => {
      const { name, manifest } = aPlace({ bucket });
      await addVault(a, manifest());
      expect(await removeVault(a, name)).toEqual({});
      await addVault(b, manifest());
      await expect(addVault(a, manifest())).rejects.toMatchObject({
        kind: 'conflict',
        message: expect.stringContaining(b.id),
      });
      await removeVault(b, name);
      await addVault(a, manifest());
      expect(await levels(a, name)).toEqual(['ok']);
      await expect(addVault(b, manifest())).rejects.toMatchObject({
        kind: 'conflict',
        message: expect.stringContaining(a.id),
      });
    });

    it('is taken from one that is gone by --replace, and that one is told if it is not', async () => {
      const { name, manifest } = aPlace({ bucket });
      await addVault(a, manifest());
      await expect(addVault(b, manifest(), undefined, { replace: 'f'.repeat(32) })).rejects.toMatchObject({
        kind: 'invalid',
        hint: expect.stringContaining(a.id),
      });
      await addVault(b, manifest(), undefined, { replace: a.id });
      expect(await levels(b, name)).toEqual(['ok']);
      expect(await words(a, name)).toContain('has taken the place of this one');
      // A worker that is still there does not take it back in silence.
      await claimQuietly(a, manifest(), a.openVaultStore(manifest()));
      expect(await levels(a, name)).toEqual(['error', 'error']);
      expect(await levels(b, name)).toEqual(['ok']);
    });

    it('is taken over together with the backups of an installation that is gone', async () => {
      const { name, manifest } = aPlace({ bucket });
      await addVault(a, manifest());
      // As after a restore of the state: the vault is registered, and its claim is that of the one that was lost.
      await b.state.vaults.create(manifest());
      expect(await words(b, name)).toContain(`lifeboat state adopt ${a.id}`);
      expect(await adoptInstallation(b, a.id, { vault: name, dryRun: true })).toEqual({
        [name]: expect.not.objectContaining({ claimTaken: true }),
      });
      expect(await levels(a, name)).toEqual(['ok']);
      expect(await adoptInstallation(b, a.id, { vault: name })).toEqual({
        [name]: expect.objectContaining({ claimTaken: true }),
      });
      expect(await levels(b, name)).toEqual(['ok']);
      expect((await levels(a, name)).includes('error')).toBe(true);
    });
  },
);

describe('a vault of the time before there were claims', () => {
  it('is claimed at the next write, with one request from then on', async () => {
    const { name, manifest } = aPlace();
    await a.state.vaults.create(manifest());
    expect(await words(a, name)).toContain('the next backup');
    expect(await levels(a, name)).toEqual(['ok']);
    const store = a.openVaultStore(manifest());
    expect(await claimQuietly(a, manifest(), store)).toEqual({ installation: a.id, keepsVersions: false });
    const asked: string[] = [];
    const counting = {
      ...store,
      head: async (key: string) => {
        asked.push(key);
        return store.head(key);
      },
      list: () => {
        throw new Error('listed');
      },
    };
    await claimQuietly(a, manifest(), counting);
    expect(asked).toHaveLength(1);
  });

  it('that two write to goes on for both, and doctor says so to both, with who came first', async () => {
    const { name, manifest } = aPlace({ bucket: 'versioned' });
    for (const one of [a, b]) {
      await one.state.vaults.create(manifest());
      expect(await claimQuietly(one, manifest(), one.openVaultStore(manifest()))).toEqual({
        installation: one.id,
        keepsVersions: true,
      });
    }
    expect(await words(a, name)).toContain(b.id);
    expect(await words(b, name)).toContain(a.id);
    expect([await levels(a, name), await levels(b, name)]).toEqual([['error'], ['error']]);
    await shareVault(a, name);
    expect([await levels(a, name), await levels(b, name)]).toEqual([['error'], ['error']]);
    await shareVault(b, name);
    expect([await levels(a, name), await levels(b, name)]).toEqual([
      ['ok', 'ok'],
      ['ok', 'ok'],
    ]);
  });

  it('whose claim may not be written is written to all the same', async () => {
    const { manifest } = aPlace();
    const store = a.openVaultStore(manifest());
    const refusing = { ...store, head: () => Promise.reject(new Error('AccessDenied')) };
    expect(await claimQuietly(a, manifest(), refusing)).toEqual({ installation: a.id });
  });
});

describe('a claim that is none', () => {
  it('of other words, ids and folders is passed over, and of two words of one number the careful one counts', async () => {
    const { manifest } = aPlace();
    const store = a.openVaultStore(manifest());
    const put = (key: string) => store.put(`metadata/lifeboat/installations/${key}`, Buffer.from('{}'));
    for (const key of ['x', `${a.id}.1.mine`, `${a.id}.01.shared`, `${a.id}/deep`, `${a.id.toUpperCase()}`])
      await put(key);
    expect(await readClaims(store)).toEqual([]);
    for (const key of [b.id, `${b.id}.1.shared`, `${b.id}.1.claimed`]) await put(key);
    expect(await readClaims(store)).toMatchObject([{ installation: b.id, word: 'claimed', n: 1 }]);
    await put(`${b.id}.2.ended`);
    expect(await readClaims(store)).toMatchObject([{ word: 'ended' }]);
  });
});

describe('apply', () => {
  it('shares a vault and takes it back by its manifest, refuses to move it, and changes nothing in a dry run', async () => {
    const { name, manifest } = aPlace();
    const apply = (spec: object, dryRun = false) =>
      applyManifest(a, manifest(spec), { dryRun, what: 'the file' }).then(({ outcome }) => outcome);
    expect(await apply({ share: true })).toBe('created');
    expect(await apply({ share: true })).toBe('unchanged');
    expect(await apply({}, true)).toBe('configured');
    expect(await apply({ share: true })).toBe('unchanged');
    expect(await apply({})).toBe('configured');
    expect(await readClaims(a.openVaultStore(manifest()))).toMatchObject([{ word: 'claimed' }]);
    expect(await apply({ share: true })).toBe('configured');
    expect((await a.state.vaults.get(name)).spec.share).toBe(true);
    await expect(apply({ share: true, region: 'cn-beijing' })).rejects.toMatchObject({ kind: 'invalid' });
    await expect(
      applyManifest(a, aPlace().manifest({ share: true, accessMode: 'ReadOnly' }), {
        dryRun: true,
        what: 'x',
      }),
    ).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('read-only and shared'),
    });
  });
});
