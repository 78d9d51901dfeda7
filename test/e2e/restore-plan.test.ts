import { expect, it } from '@jest/globals';
import { plannedObject } from '../../shared/operations/restore/plan/planned-object';
import { rehearse } from '../../shared/operations/restore/rehearsal/rehearse';
import { restore } from '../../shared/operations/restore/restore';
import { describePlans, hashKey, hasty } from './restore-plan/plan-suite';
import { troubledBackup, troubledNamespace } from './restore-plan/troubled-backup';

describePlans('what it says', ({ everything }, { rig, target, create, kubectl, get, planAndRestore }) => {
  const configMap = (namespace: string, name: string, data: Record<string, string>) => ({
    groupResource: 'configmaps',
    object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data },
  });
  const dataOf = async (namespace: string, name: string) =>
    (await get('configmap', name, '-n', namespace)).data;

  it('is what becomes of every object of a whole cluster, and changes nothing', async () => {
    const { planned } = await planAndRestore('whole', { backupName: everything }, {}, { quiet: true });
    expect(planned.length).toBeGreaterThan(50);
    expect(planned.filter(({ outcome }) => outcome === 'created').length).toBeGreaterThan(10);
    const secret = planned.find(({ groupResource }) => groupResource === 'secrets');
    expect(secret).toBeDefined();
  });

  it('says what is the same, what differs, and what an update changes, and hides what is secret', async () => {
    await create(`
apiVersion: v1
kind: Namespace
metadata: {name: compared}
---
apiVersion: v1
kind: Secret
metadata: {name: key, namespace: compared}
stringData: {password: before-it-all}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: compared}
data: {a: "1"}
`);
    const secret = await get('secret', 'key', '-n', 'compared');
    const object = { ...secret, data: { password: Buffer.from('after-it-all').toString('base64') } };
    await rig.addBackup('changed', [
      { groupResource: 'secrets', object },
      configMap('compared', 'settings', { a: '2' }),
    ]);
    const spec = { backupName: 'changed', includedNamespaces: ['compared'] };
    const left = await planAndRestore('left', spec);
    expect(left.outcomes.map(({ outcome }) => outcome).sort()).toEqual(['different', 'different', 'same']);
    const updated = await planAndRestore('updated', { ...spec, existingResourcePolicy: 'update' });
    const changes = (groupResource: string) =>
      updated.planned.find((one) => one.groupResource === groupResource)?.diff;
    expect(changes('configmaps')).toEqual([{ path: 'data.a', from: '1', to: '2' }]);
    expect(changes('secrets')).toEqual([
      {
        path: 'data.password',
        from: expect.stringMatching(/^hidden [0-9a-f]{12}$/),
        to: expect.stringMatching(/^hidden [0-9a-f]{12}$/),
      },
    ]);
    expect(await dataOf('compared', 'settings')).toEqual({ a: '2' });
  });

  it('foresees what would go wrong', async () => {
    await create(troubledNamespace);
    await rig.addBackup('troubled', troubledBackup(await get('deployment', 'stuck', '-n', 'troubled')));
    const { rehearsal } = await planAndRestore(
      'troubled',
      { backupName: 'troubled', includedNamespaces: ['troubled'], includeClusterResources: true },
      { conflicts: { policy: 'update' } },
    );
    expect(rehearsal.problems.map(({ kind }) => kind)).toEqual([
      'immutable-field',
      'missing-crd',
      'node-port-taken',
      'quota-too-small',
      'storage-class-absent',
      'webhook-without-backend',
    ]);
  });

  it('is kept to by a restore, which leaves alone what has drifted, or stops', async () => {
    const map = (name: string, a: string) => configMap('default', name, { a });
    await rig.addBackup('kept', [map('steady', 'new'), map('drifts', 'new'), map('appears', 'new')]);
    for (const name of ['steady', 'drifts']) await kubectl(`create configmap ${name} --from-literal=a=old`);
    const spec = {
      backupName: 'kept',
      includedNamespaces: ['default'],
      existingResourcePolicy: 'update' as const,
    };
    const objects: ReturnType<typeof plannedObject>[] = [];
    await rehearse(rig.job(target(), 'kept', spec), {
      hashKey,
      heard: (one) => objects.push(plannedObject(one)),
    });
    await kubectl('create configmap appears --from-literal=a=mine');
    await kubectl('patch configmap drifts --type=merge -p {"data":{"b":"mine"}}');
    const job = (name: string, failOnDrift: boolean) => ({
      ...rig.job(target(), name, spec),
      plan: { objects, hashKey, failOnDrift },
    });

    expect(await restore(job('strict', true), hasty)).toMatchObject({
      phase: 'Failed',
      reason: expect.stringContaining('configmaps default/appears'),
    });
    expect(await dataOf('default', 'steady')).toEqual({ a: 'old' });

    expect(await restore(job('lenient', false), hasty)).toMatchObject({
      phase: 'Completed',
      counts: { drifted: 2, updated: 1 },
    });
    expect(await dataOf('default', 'steady')).toEqual({ a: 'new' });
    expect(await dataOf('default', 'drifts')).toEqual({ a: 'old', b: 'mine' });
    expect(await dataOf('default', 'appears')).toEqual({ a: 'mine' });
  });
});
