import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lockDirectory } from '../../../../local/oss/storage/directory-lock';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lifeboat-lock-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('the lock of a folder', () => {
  it('is held by one, and can be taken again when it is given back', async () => {
    const unlock = await lockDirectory(directory);
    await expect(lockDirectory(directory)).rejects.toMatchObject({ kind: 'conflict' });
    await unlock();
    await (await lockDirectory(directory))();
    expect(await readdir(directory)).toEqual([]);
  });

  it('counts for nothing when its holder is dead', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    await writeFile(join(directory, 'in-use.json'), JSON.stringify({ pid, began: '1' }));
    await (await lockDirectory(directory))();
  });

  it('counts for nothing when the number of its holder belongs to a later process', async () => {
    await writeFile(join(directory, 'in-use.json'), JSON.stringify({ pid: process.pid, began: '1' }));
    await (await lockDirectory(directory))();
  });

  it('counts for nothing when it was cut off', async () => {
    await writeFile(join(directory, 'in-use.json'), '{"pi');
    await (await lockDirectory(directory))();
  });
});
