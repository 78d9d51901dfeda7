import { describe, expect, it } from '@jest/globals';
import { claimVault } from '../../../../shared/app/vaults/claim-vault';
import type { Vault } from '../../../../shared/formats/manifests/vault';
import { opposing, readClaims } from '../../../../shared/formats/vault/claims/claims';
import { type BucketKind, MemoryBucket } from '../../../harness/memory-bucket';
import { MemoryStore } from '../../../harness/memory-store';
import { chance } from '../../../simulation/chance';
import { vaultAt } from './vault-fixture';

const ids = ['a'.repeat(32), 'b'.repeat(32), 'c'.repeat(32)] as const;

type Gate = () => Promise<void> | void;

/** Says whether the claim was made. */
async function add(bucket: MemoryBucket, id: string, gate: Gate, share = false): Promise<boolean> {
  const store = new MemoryStore(bucket, '', { before: gate, after: gate });
  const vault = vaultAt('main', { share }) as Vault;
  // Other folders are those that a vault may not overlap.
  const openVaultStore = ({ spec }: Vault) =>
    spec.subdirectory === vault.spec.subdirectory ? store : bucket.store(`${spec.subdirectory ?? ''}/`);
  return claimVault({ id, openVaultStore }, vault).then(
    () => true,
    (error) => {
      expect(error).toMatchObject({ kind: 'conflict' });
      return false;
    },
  );
}

async function expectOneAtMost(bucket: MemoryBucket, made: readonly boolean[]): Promise<void> {
  expect(made.filter(Boolean).length).toBeLessThanOrEqual(1);
  const claims = await readClaims(bucket.store());
  const live = claims.filter(({ word }) => word !== 'ended').map(({ installation }) => installation);
  // Who was refused holds nobody off.
  expect(live).toEqual(ids.filter((_, index) => made[index]));
}

describe.each<BucketKind>(['plain', 'versioned', 'worm'])(
  'installations that add one vault in a %s bucket',
  (kind) => {
    it.each([0, 1, 9, 11, 600])(
      'are one at most, wherever the first stops while the second comes, %s seconds later by the clock of OSS',
      async (seconds) => {
        for (let at = 1; at <= 12; at += 1) {
          const bucket = new MemoryBucket(kind);
          let passed = 0;
          let second: boolean | undefined;
          const first = await add(bucket, ids[0], async () => {
            passed += 1;
            if (passed !== at) return;
            bucket.now = new Date(bucket.now.getTime() + seconds * 1_000);
            second = await add(bucket, ids[1], () => {});
          });
          second ??= await add(bucket, ids[1], () => {});
          await expectOneAtMost(bucket, [first, second]);
          // By then the first had looked and seen nobody, or the second came to nothing.
          expect(first || second || seconds <= 10).toBe(true);
        }
      },
    );

    it('are one at most in any order of the requests of three', async () => {
      for (let seed = 1; seed <= 60; seed += 1) {
        const bucket = new MemoryBucket(kind);
        const { between } = chance(seed);
        const wait = async () => {
          if (between(0, 3) === 0) bucket.now = new Date(bucket.now.getTime() + between(0, 20) * 1_000);
          for (let turns = between(0, 9); turns > 0; turns -= 1) await Promise.resolve();
        };
        await expectOneAtMost(bucket, await Promise.all(ids.map((id) => add(bucket, id, wait))));
      }
    });

    it('are all let in where all share it', async () => {
      const bucket = new MemoryBucket(kind);
      for (const id of ids) expect(await add(bucket, id, () => {}, true)).toBe(true);
      const claims = await readClaims(bucket.store());
      for (const id of ids) expect(opposing(claims, id, true)).toEqual([]);
      expect(await add(bucket, `a${'a'.repeat(5)}${'d'.repeat(26)}`, () => {}, true)).toBe(false);
    });
  },
);
