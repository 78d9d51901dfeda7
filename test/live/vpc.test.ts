import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { installationOfEnvironment } from '../../shared/app/from-environment';
import { requestBackup } from '../../shared/app/runs/request';
import { describeLive } from './describe-live';
import { resultOf } from './run-to-its-end';

const needs = {
  LIFEBOAT_LIVE_VPC_CLUSTER: 'a cluster whose API server has a private address only',
  LIFEBOAT_LIVE_VAULT: 'a vault for test backups',
};

describeLive('a worker in a VPC reaches an API server there', needs, (value) => {
  it('backs a namespace up', async () => {
    const installation = await installationOfEnvironment();
    const name = `live-vpc-${randomBytes(4).toString('hex')}`;
    await requestBackup(installation, {
      kind: 'BackupRequest',
      metadata: { name },
      cluster: value('LIFEBOAT_LIVE_VPC_CLUSTER'),
      vault: value('LIFEBOAT_LIVE_VAULT'),
      spec: { includedNamespaces: ['default'], ttl: '24h' },
    });
    const result = await resultOf(installation, 'backups', name, 300_000);
    expect(['Completed', 'PartiallyFailed']).toContain(result.phase);
  }, 360_000);
});
