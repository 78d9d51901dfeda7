import { describe, expect, it } from '@jest/globals';
import { adoptCommand } from '../../cli/commands/state/adopt';
import { adoptInstallation } from '../../shared/app/state/adopt';
import { MemoryBucket } from '../harness/memory-bucket';
import { commitOne, installation as other } from '../shared/operations/retention/committed-backup';
import { start } from './command-in-memory';

const trusted = Buffer.alloc(32, 1).toString('base64');

/** An installation whose vault holds a backup of another one, which nobody signed. */
async function withForeignBackup() {
  const made = await start();
  await commitOne({ vault: made.vault, state: new MemoryBucket().store() }, 'theirs', { schedule: 'none' });
  return made;
}

describe('lifeboat state adopt', () => {
  it('leaves what the key that is trusted has not signed', async () => {
    const { run, bucket } = await withForeignBackup();
    const before = bucket.keys();
    for (const dry of ['--dry-run', '']) {
      const { out, notes } = await run(`${other} --trust-key ${trusted} ${dry}`, adoptCommand);
      expect(out).toMatch(/Vault main: 0 backups/);
      expect(notes).toContain('theirs not adopted: backup theirs is not signed by the key that is trusted');
    }
    const written = bucket.keys().filter((key) => !before.includes(key));
    expect(written.filter((key) => !key.includes('/audit/'))).toEqual([]);
    expect((await run(other, adoptCommand)).out).toBe('Vault main: 1 backup adopted\n');
  });

  it('refuses what is no key, before it looks at anything', async () => {
    const { run } = await withForeignBackup();
    await expect(run(`${other} --trust-key abc`, adoptCommand)).rejects.toThrow(
      'is not an Ed25519 public key',
    );
  });
});

it('what restores a state and adopts takes the words of its flags', async () => {
  const { installation } = await withForeignBackup();
  const flags = { trustKey: trusted, adopt: true, yes: true };
  expect(await adoptInstallation(installation, other, flags)).toMatchObject({ main: { adopted: [] } });
});
