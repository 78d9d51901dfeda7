import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { instant } from '../../shared/formats/manifests/instant';
import { findRun, runNames } from '../../shared/formats/state/run/runs';
import type { ObjectStore } from '../../shared/platform/oss/port';
import { systemClock } from '../../shared/platform/system';
import { describeBackup } from '../../shared/formats/vault/describe-backup';
import { backupKeys } from '../../shared/formats/vault/layout';
import { describeWithRealClusters } from '../harness/describe-with-real-cluster';
import { type StartedMachine, startMachine } from '../harness/started-machine';

jest.setTimeout(120_000);

const hour = 3_600_000;

describeWithRealClusters('a schedule of a real cluster', ['current'], (clusters) => {
  let lifeboat: StartedMachine;
  let vault: ObjectStore;
  let bySlot: string;
  let byPerson: string;

  beforeAll(async () => {
    lifeboat = await startMachine();
    await lifeboat.addCluster('home', clusters()[0]!.kubeconfig);
    vault = await lifeboat.machine.installation.openVault('main');
    await clusters()[0]!.apply(`
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: prices, namespace: shop}
data: {apple: "3"}
`);
    // As if it had been made an hour and half a minute ago: its first slot is just over.
    const made = Date.now() - hour - 30_000;
    await lifeboat.machine.installation.state.schedules.create({
      kind: 'Schedule',
      metadata: { name: 'hourly' },
      spec: {
        schedule: '1h',
        startAt: instant(new Date(made)),
        clusters: ['home'],
        includeClusterInNames: false,
        vault: 'main',
        retention: { keepLast: 1 },
        template: { includedNamespaces: ['shop'], ttl: '1s' },
      },
    });
    bySlot = `hourly-${instant(new Date(made + hour)).replace(/\D/g, '')}`;
  }, 180_000);
  afterAll(() => lifeboat?.close());

  const cli = async (...parameters: string[]) => {
    const end = await lifeboat.lifeboat(parameters);
    expect([end.code, end.err]).toEqual([0, expect.any(String)]);
    return end.out;
  };
  const state = () => lifeboat.machine.installation.state.store;

  it('has the backup of a slot that is due made once, however many ticks come', async () => {
    for (let i = 0; i < 3; i += 1) lifeboat.machine.fc.fireTimer('every-minute');
    let run = await findRun(state(), { kind: 'backups', name: bySlot });
    while (!run?.result) {
      await systemClock.sleep(100);
      run = await findRun(state(), { kind: 'backups', name: bySlot });
    }
    await lifeboat.machine.fc.idle();
    expect(run).toMatchObject({ phase: 'Completed', starts: 1 });
    expect(await runNames(state(), 'backups')).toEqual([bySlot]);
    const { backup, resourceList, problems } = await describeBackup(vault, bySlot);
    expect(backup.metadata.labels).toMatchObject({ 'velero.io/schedule-name': 'hourly' });
    expect(resourceList!['v1/ConfigMap']).toContain('shop/prices');
    expect(problems).toEqual([]);
    const [status] = JSON.parse(await cli('schedule', 'get', '-o', 'json')).items;
    expect(status.status.clusters).toMatchObject([
      { cluster: 'home', last: { backup: bySlot, phase: 'Completed' } },
    ]);
    expect(status.status.clusters[0].overdue).toBeUndefined();
  });

  it('has its backups signed by the key of the machine', async () => {
    const signature = JSON.parse((await vault.get(backupKeys(bySlot).signature)).body.toString());
    expect(signature.key).toBe((await cli('replication', 'key')).trim());
    expect(await cli('backup', 'verify', bySlot)).not.toMatch(/signature.*(not|wrong)/i);
  });

  it('is backed up once more by a person, and retention lets the older one go by the rule, and not the newer', async () => {
    await cli('schedule', 'run', 'hourly', '--wait');
    byPerson = (await runNames(state(), 'backups')).find((name) => name !== bySlot)!;
    await systemClock.sleep(1_000);
    const plan = JSON.parse(await cli('retention', 'plan', '-o', 'json')).items;
    const verdicts = plan.map((each: { name: string; delete: boolean; reason: string }) => [
      each.name,
      each.delete,
      each.reason,
    ]);
    expect(verdicts.sort()).toEqual(
      [
        [bySlot, true, expect.stringMatching(/^expired: its TTL ended .* and no rule keeps it$/)],
        [byPerson, false, expect.stringMatching(/^kept: last 1 of 1; newest Completed/)],
      ].sort(),
    );
    for (let i = 0; i < 2; i += 1) lifeboat.machine.fc.fireTimer('every-hour');
    await lifeboat.machine.fc.idle();
    expect((await cli('backup', 'get')).match(/^hourly-\S+/gm)).toEqual([byPerson]);
    // Whoever is reading it still can: the content goes a day later.
    expect(await vault.head(backupKeys(bySlot).manifest)).toBeUndefined();
    expect(await vault.head(backupKeys(bySlot).archive)).toBeDefined();
  });

  it('restores from the one that was kept', async () => {
    await clusters()[0]!.kubectl('delete', 'configmap', 'prices', '-n', 'shop');
    await cli('restore', 'create', '--from-backup', byPerson, '--cluster', 'home', '--wait');
    const apple = ['get', 'configmap', 'prices', '-n', 'shop', '-o', 'jsonpath={.data.apple}'];
    expect(await clusters()[0]!.kubectl(...apple)).toBe('3');
  });
});
