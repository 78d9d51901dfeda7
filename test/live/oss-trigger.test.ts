import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { installationOfEnvironment } from '../../shared/app/from-environment';
import { requestBackup } from '../../shared/app/runs/request';
import { runNames } from '../../shared/formats/state/run/runs';
import { systemClock } from '../../shared/platform/system';
import { describeLive } from './describe-live';
import { resultOf } from './run-to-its-end';

const needs = {
  LIFEBOAT_LIVE_RULE: 'a replication rule of which the source cluster and vault are backed up here',
};

describeLive('the OSS trigger tells of a backup that has landed', needs, (value) => {
  it('asks for the restore of a rule within a minute, and not only by the hourly timer', async () => {
    const installation = await installationOfEnvironment();
    const { state } = installation;
    const rule = value('LIFEBOAT_LIVE_RULE');
    const { spec } = await state.replications.get(rule);
    const restores = async () =>
      (await runNames(state.store, 'restores')).filter((name) => name.startsWith(`${rule}-`)).length;
    const before = await restores();
    const name = `live-trigger-${randomBytes(4).toString('hex')}`;
    await requestBackup(installation, {
      kind: 'BackupRequest',
      metadata: { name },
      cluster: spec.source.cluster,
      vault: spec.source.vault,
      spec: { includedNamespaces: spec.source.namespaces ?? ['default'], ttl: '24h' },
    });
    expect(await resultOf(installation, 'backups', name, 600_000)).toMatchObject({ phase: 'Completed' });
    // At minute 7 of each hour the timer would do it too.
    expect(new Date().getUTCMinutes()).not.toBe(7);
    let asked = before;
    for (let n = 0; n < 12 && asked === before; n += 1) {
      await systemClock.sleep(5_000);
      asked = await restores();
    }
    expect(asked).toBeGreaterThan(before);
  }, 720_000);
});
