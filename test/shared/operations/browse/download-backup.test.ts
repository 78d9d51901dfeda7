import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { downloadBackup } from '../../../../shared/operations/browse/download-backup';
import { RestoreRig } from '../restore/restore-rig';

describe('a download', () => {
  let directory: string;
  let rig: RestoreRig;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'lifeboat-download-'));
    rig = new RestoreRig();
    await rig.addBackup('b', []);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('brings every file of the backup, byte for byte', async () => {
    const to = join(directory, 'b');
    const files = await downloadBackup(rig.vault, 'b', to);
    expect(files.map(({ file }) => file).sort()).toEqual(['b.tar.gz', 'velero-backup.json']);
    for (const { file, bytes } of files) {
      const { body } = await rig.vault.get(`backups/b/${file}`);
      expect(readFileSync(join(to, file)).equals(body)).toBe(true);
      expect(bytes).toBe(body.length);
    }
  });

  it('that the disk does not take ends with an error that names the file, and leaves nothing behind', async () => {
    // No file system takes a name of 300 characters; a full disk fails in the same place.
    await rig.vault.put(`backups/b/${'x'.repeat(300)}`, Buffer.from('x'));
    const to = join(directory, 'b');
    await expect(downloadBackup(rig.vault, 'b', to)).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/^the disk does not take .*b\.part\/x{300}: ENAMETOOLONG$/),
    });
    expect(existsSync(to)).toBe(false);
    expect(existsSync(`${to}.part`)).toBe(false);
  });
});
