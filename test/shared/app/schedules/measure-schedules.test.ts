import { expect, it } from '@jest/globals';
import { measureSchedules } from '../../../../shared/app/schedules/measure-schedules';
import { markClosed } from '../../../../shared/formats/state/run/open-runs';
import { createRequest } from '../../../../shared/formats/state/run/requests';
import { finishRun } from '../../../../shared/formats/state/run/results';
import { completed } from '../../operations/runs/fixtures';
import { anInstallation } from '../an-installation';

it('measures a schedule by its finished runs, and by what lies in the vault', async () => {
  const { installation, state, vault } = await anInstallation();
  Object.assign(installation.settings, { region: 'cn-hangzhou' });
  const spec = {
    schedule: '0 */6 * * *',
    clusterSelector: { matchExpressions: [{ key: 'env', operator: 'Exists' }] },
    vault: 'main',
    startAt: '2026-01-01T00:00:00Z',
    includeClusterInNames: true,
    paused: true,
    template: { includedNamespaces: ['shop'] },
  };
  await state.schedules.create({ kind: 'Schedule', metadata: { name: 'often' }, spec });
  for (const [name, end, phase] of [
    ['often-a-20261122000000', '10:01:00', 'Completed'],
    ['often-a-20261122060000', '10:03:00', 'PartiallyFailed'],
    ['often-a-20261122090000', '10:30:00', 'Failed'],
  ] as const) {
    const run = { kind: 'backups', name } as const;
    await createRequest(state.store, {
      kind: 'BackupRequest',
      metadata: { name },
      cluster: 'a',
      vault: 'main',
      spec: { includedNamespaces: ['shop'] },
      schedule: { name: 'often', slot: '2026-11-22T00:00:00Z' },
    });
    const completionTimestamp = `2026-11-22T${end}Z`;
    await finishRun(state.store, run, { ...completed, phase, completionTimestamp });
    await markClosed(state.store, run);
    if (phase === 'Failed') continue;
    const manifest = { apiVersion: 'velero.io/v1', kind: 'Backup', metadata: { name }, status: { phase } };
    await vault.put(`backups/${name}/velero-backup.json`, Buffer.from(JSON.stringify(manifest)));
    await vault.put(`backups/${name}/${name}.tar.gz`, Buffer.alloc(1_000));
  }
  const { schedules, problems } = await measureSchedules(installation, 30);
  expect(problems).toEqual([]);
  // Four slots a day for each of the two clusters, as if it were not paused.
  expect(schedules).toEqual([
    {
      name: 'often',
      paused: true,
      runsPerMonth: 240,
      seconds: [60, 180],
      stored: { backups: 2, bytes: expect.any(Number) },
      outboundBytesPerRun: 0,
    },
  ]);
  expect(schedules[0]!.stored.bytes).toBeGreaterThan(2_000);
});
