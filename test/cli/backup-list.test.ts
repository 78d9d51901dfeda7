import { describe, expect, it } from '@jest/globals';
import { backupCommand } from '../../cli/commands/backup';
import { placeMark } from '../../shared/formats/state/backup-marks';
import { noteCopied } from '../../shared/formats/state/copies';
import { placeDeletion } from '../../shared/formats/state/deletions';
import { markOpen } from '../../shared/formats/state/run/open-runs';
import { createRequest } from '../../shared/formats/state/run/requests';
import { finishRun } from '../../shared/formats/state/run/results';
import type { ObjectStore } from '../../shared/platform/oss/port';
import { completed, request, run as runId } from '../shared/operations/runs/fixtures';
import { start } from './command-in-memory';

const at = '2026-11-22T09:00:00Z';

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

  it('-o wide and describe show legal hold, copies and a deletion that was asked for, which undelete takes back', async () => {
    const { run, vault, context } = await start();
    for (const name of ['held', 'going', 'plain']) await put(vault, name);
    const place = (backup: string) => ({ vault: 'main', backup });
    await placeMark(context.state, 'holds', place('held'), { by: 'anna', at, reason: 'case 7' });
    await noteCopied(context.state, place('held'), { from: 'near', manifest: '0' });
    await placeDeletion(context.state, place('going'), { by: 'person', who: 'anna', at });
    const wide = Object.fromEntries(
      rows((await run('get -o wide', backupCommand)).out).map((row) => [row.NAME, row.STANDING]),
    );
    expect(wide).toEqual({
      held: 'legal hold; copied',
      going: `to be deleted: asked by anna ${at}`,
      plain: '-',
    });
    const { items } = JSON.parse((await run('get -o json', backupCommand)).out);
    expect(items.find(({ name }: { name: string }) => name === 'going').standing).toEqual({
      deletion: { who: 'anna', at },
    });
    expect((await run('describe held', backupCommand)).out).toMatch(/^Legal hold: +case 7$/m);
    expect((await run('describe going', backupCommand)).out).toMatch(
      /^Standing: +to be deleted: asked by anna/m,
    );

    expect((await run('undelete going', backupCommand)).out).toMatch(/^Backup going stays/);
    expect((await run('get -o wide', backupCommand)).out).not.toContain('to be deleted');
    await expect(run('undelete going', backupCommand)).rejects.toThrow('no deletion of backup "going"');
  });
});
