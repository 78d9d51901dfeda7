import { describe, expect, it } from '@jest/globals';
import { backupCommand } from '../../cli/commands/backup';
import { markOpen } from '../../shared/state/run/open-runs';
import { createRequest } from '../../shared/state/run/requests';
import { finishRun } from '../../shared/state/run/results';
import type { ObjectStore } from '../../shared/store/port';
import { completed, request, run as runId } from '../shared/runs/fixtures';
import { start } from './command-in-memory';

/** What lies in a vault for a backup that a schedule made. */
async function put(vault: ObjectStore, name: string, phase = 'Completed'): Promise<void> {
  const manifest = {
    apiVersion: 'velero.io/v1',
    kind: 'Backup',
    metadata: { name, labels: { 'velero.io/schedule-name': 'nightly', team: 'sales' } },
    status: {
      phase,
      startTimestamp: '2026-11-22T09:00:00Z',
      completionTimestamp: '2026-11-22T09:01:00Z',
      expiration: '2026-11-24T09:00:00Z',
    },
  };
  await vault.put(`backups/${name}/velero-backup.json`, Buffer.from(JSON.stringify(manifest)));
}

/** Rows of a table, by their headings. */
function rows(out: string): Record<string, string>[] {
  const [headings = [], ...cells] = out
    .trimEnd()
    .split('\n')
    .map((text) => text.split(/ {3,}/));
  return cells.map((row) =>
    Object.fromEntries(headings.map((heading, index) => [heading, row[index] ?? ''])),
  );
}

describe('lifeboat backup get', () => {
  it('-o wide adds the schedule, the times, the labels and why a run failed', async () => {
    const { run, vault, context } = await start();
    await put(vault, 'nightly-1');
    await createRequest(context.state, request);
    await finishRun(context.state, runId, { ...completed, phase: 'Failed', reason: 'no answer' });
    const [done, failed] = rows((await run('get -o wide', backupCommand)).out);
    expect(done).toMatchObject({
      NAME: 'nightly-1',
      SCHEDULE: 'nightly',
      COMPLETED: '2026-11-22T09:01:00Z',
      EXPIRES: '2026-11-24T09:00:00Z',
      LABELS: 'team=sales',
      REASON: '-',
    });
    expect(failed).toMatchObject({
      NAME: 'shop-1',
      PHASE: 'Failed',
      SCHEDULE: '-',
      COMPLETED: '2026-11-22T10:01:00Z',
      REASON: 'no answer',
    });
    expect((await run('get', backupCommand)).out).not.toContain('SCHEDULE');
  });

  it('--watch prints what is new or another, and reads again only that', async () => {
    const { watch, vault, context } = await start();
    await put(vault, 'old');
    await markOpen(context.state, runId);
    await createRequest(context.state, request);
    const read: string[] = [];
    const { get } = vault;
    vault.get = (key, ...rest) => {
      read.push(key);
      return get.call(vault, key, ...rest);
    };
    const lines = await watch('get --watch', backupCommand, [
      async () => {},
      () => put(vault, 'shop-1', 'PartiallyFailed'),
    ]);
    expect(lines.map((text) => text.split(/ {3,}/).slice(0, 2))).toEqual([
      ['NAME', 'PHASE'],
      ['old', 'Completed'],
      ['shop-1', 'New'],
      ['shop-1', 'PartiallyFailed'],
    ]);
    expect(read).toEqual(['backups/old/velero-backup.json', 'backups/shop-1/velero-backup.json']);
  });
});
