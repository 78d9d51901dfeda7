import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { carryOutPlan } from '../../../../shared/app/runs/carry-out-plan';
import { requestOfPlan } from '../../../../shared/app/runs/kept-plan';
import { wholePlan } from '../../../../shared/app/runs/made-plan';
import { requestPlan, requestRestore } from '../../../../shared/app/runs/request';
import { cancelRun } from '../../../../shared/operations/runs/cancel-run';
import { runContext } from '../../../../shared/app/installation';
import { markOpen } from '../../../../shared/formats/state/run/open-runs';
import { findRun } from '../../../../shared/formats/state/run/runs';
import {
  sharedBucket,
  startTestCluster,
  type TestCluster,
  type TestInstallation,
  testInstallation,
} from '../replications/replicating-installations';

const maps = '/api/v1/namespaces/shop/configmaps';
const map = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: '1' } });
const plans = (name: string) => ({ kind: 'plans', name }) as const;
const asked = (name: string) => ({
  kind: 'PlanRequest',
  metadata: { name },
  cluster: 'production',
  vault: 'main',
  spec: { backupName: 'shop-1', includedResources: ['configmaps'] },
});

describe('the run of a plan', () => {
  const bucket = sharedBucket();
  let cluster: TestCluster;
  let lifeboat: TestInstallation;
  const keysOf = (name: string) =>
    bucket
      .keys()
      .filter((key) => key.startsWith(`one/runs/plans/${name}/`))
      .map((key) => key.slice(`one/runs/plans/${name}/`.length));
  const made = async (name: string) => {
    const { objects } = await wholePlan(lifeboat.installation, name);
    return Object.fromEntries(objects.map((one) => [one.name, one.action]));
  };
  beforeAll(async () => {
    cluster = await startTestCluster('production');
    lifeboat = await testInstallation('one', bucket, [cluster]);
    await cluster.send('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'shop' },
    });
    for (const name of ['kept', 'lost']) await cluster.send('POST', maps, map(name));
    await lifeboat.backUp('production', 'shop-1');
    await cluster.send('DELETE', `${maps}/lost`);
  });
  afterAll(async () => {
    cluster.api.close();
    await cluster.sandbox.close();
  });

  it('leaves one plan, however many workers are started for it, and tells its counts as its result', async () => {
    await requestPlan(lifeboat.installation, asked('twice'));
    await Promise.all([1, 2, 3].map(() => carryOutPlan(lifeboat.installation, plans('twice'))));
    const run = await findRun(lifeboat.installation.state.store, plans('twice'));
    expect(run).toMatchObject({ phase: 'Completed', result: { counts: { create: 1, same: 2 }, errors: 0 } });
    expect(keysOf('twice').filter((key) => key.startsWith('attempt-'))).toHaveLength(1);
    expect(await made('twice')).toMatchObject({ kept: 'same', lost: 'create' });
  });

  it('goes on with the plan of an attempt that died before it could say that it was made', async () => {
    const { store } = lifeboat.installation.state;
    const { sha256 } = (await requestOfPlan(lifeboat.installation, 'twice', { metadata: { name: 'x' } }))
      .plan!;
    // Its lease is long over.
    const gone = keysOf('twice').filter((key) => /^(lease-|result)/.test(key));
    await store.delete(gone.map((key) => `runs/plans/twice/${key}`));
    await markOpen(store, plans('twice'));
    // By now another plan would be made.
    await cluster.send('POST', maps, map('lost'));
    const result = await carryOutPlan(lifeboat.installation, plans('twice'));
    expect(result).toMatchObject({ phase: 'Completed', counts: { create: 1, same: 2 } });
    expect((await requestOfPlan(lifeboat.installation, 'twice', { metadata: { name: 'x' } })).plan).toEqual({
      run: 'twice',
      sha256,
    });
    expect(bucket.keys().filter((key) => key.startsWith('one/open/'))).toEqual([]);
  });

  it('ends when somebody cancels it, and then there is no plan to restore by', async () => {
    const { installation } = lifeboat;
    await requestPlan(installation, asked('stopped'));
    await cancelRun(runContext(installation), plans('stopped'));
    expect(await carryOutPlan(installation, plans('stopped'))).toMatchObject({
      phase: 'Failed',
      cancelled: true,
      reason: 'cancelled by test',
    });
    await expect(requestOfPlan(installation, 'stopped', { metadata: { name: 'y' } })).rejects.toThrow(
      'plan "stopped" is not there: cancelled by test',
    );
  });

  it('is named by restores that keep to it, and by no other hash', async () => {
    const { installation } = lifeboat;
    const request = await requestOfPlan(installation, 'twice', {
      metadata: { name: 'back' },
      failOnDrift: true,
    });
    const other = { ...request, plan: { ...request.plan!, sha256: '0'.repeat(64) } };
    await expect(requestRestore(installation, other)).rejects.toThrow(
      'the plan of restore back is not there',
    );
    await requestRestore(installation, request);
    await lifeboat.work();
    const run = await findRun(installation.state.store, { kind: 'restores', name: 'back' });
    expect(run?.result).toMatchObject({
      phase: 'Failed',
      reason: expect.stringContaining('configmaps shop/lost: it was not there when the plan was made'),
    });
  });
});
