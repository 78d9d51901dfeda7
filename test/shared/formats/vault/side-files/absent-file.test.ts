import { describe, expect, it } from '@jest/globals';
import { readLog } from '../../../../../shared/formats/vault/side-files/read-log';
import { readResourceList, readResults } from '../../../../../shared/formats/vault/side-files/read-side-file';
import { MemoryStore } from '../../../../harness/memory-store';

async function log(key: string): Promise<void> {
  for await (const _ of readLog(new MemoryStore(), key));
}

describe('a backup that lacks a side file', () => {
  it.each([
    ['log', () => log('backups/old/old-logs.gz'), 'backup old'],
    ['log', () => log('restores/back/restore-back-logs.gz'), 'restore back'],
    ['results', () => readResults(new MemoryStore(), 'backups/old/old-results.gz'), 'backup old'],
    [
      'resource list',
      () => readResourceList(new MemoryStore(), 'backups/old/old-resource-list.json.gz'),
      'backup old',
    ],
  ])('is said to have no %s, with its name and what to do', async (what, read, whose) => {
    await expect(read()).rejects.toMatchObject({
      kind: 'not-found',
      message: expect.stringMatching(new RegExp(`^${whose} in \\S+ has no ${what}$`)),
      hint: expect.stringContaining(`lifeboat ${whose.split(' ').join(' describe ')}`),
    });
  });
});
