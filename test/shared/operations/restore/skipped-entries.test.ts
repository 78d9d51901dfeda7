import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SandboxCluster, startSandboxCluster } from '../../../../local/cluster/server';
import { bareApi, bareRequest } from '../../../../local/proof/bare-api';
import type { Cluster } from '../../../../shared/platform/kubernetes/port';
import type { OriginVerdict } from '../../../../shared/formats/manifests/origin-verdict';
import { rehearse } from '../../../../shared/operations/restore/rehearsal/rehearse';
import type { Replica } from '../../../../shared/operations/restore/replica/replica';
import { restore } from '../../../../shared/operations/restore/restore';
import type { WholeItem } from '../../formats/vault/archive/batches';
import { badConfigMaps, configMapItem, putEarlierArchive } from '../../formats/vault/archive/earlier-archive';
import { connectTo, RestoreRig } from './restore-rig';

const proved: OriginVerdict = { verdict: 'proved', by: 'the test' };

describe('a restore from an archive of an earlier release, with objects that no reader takes', () => {
  const rig = new RestoreRig();
  let sandbox: SandboxCluster;
  let target: Cluster;
  let count = 0;
  beforeAll(async () => {
    sandbox = await startSandboxCluster();
    target = await connectTo(sandbox.kubeconfig);
  });
  afterAll(async () => {
    target?.close();
    await sandbox?.close();
  });

  const backUp = async (items: readonly WholeItem[]) => {
    const name = `earlier-${++count}`;
    await rig.addArchive(name, Buffer.alloc(0), undefined, { includedNamespaces: ['*'] });
    await putEarlierArchive(rig.vault, name, items);
    return name;
  };
  const job = (backup: string, origin: OriginVerdict = proved) => ({
    ...rig.job(target, `${backup}-${++count}`, { backupName: backup }),
    origin,
  });
  const there = async (namespace: string) => {
    const body = await bareRequest(
      bareApi(sandbox.kubeconfig),
      'GET',
      `/api/v1/namespaces/${namespace}/configmaps`,
    );
    const { items } = JSON.parse(body.toString()) as { items: { metadata: { name: string } }[] };
    return items.map(({ metadata }) => metadata.name).filter((name) => name !== 'kube-root-ca.crt');
  };
  const bad = badConfigMaps('tenant').map(([, item]) => item);

  it('restores every other object, is PartiallyFailed, and names each of them in one error', async () => {
    const backup = await backUp([configMapItem('one', 'good'), ...bad, configMapItem('other', 'good')]);
    const work = job(backup);
    const result = await restore(work);
    expect(result).toMatchObject({ phase: 'PartiallyFailed', errors: bad.length, counts: { created: 4 } });
    expect([await there('one'), await there('other')]).toEqual([['good'], ['good']]);
    const { errors } = await rig.results(work.request.metadata.name);
    expect(Object.values(errors.namespaces ?? {}).flat()).toHaveLength(bad.length);
    const log = await rig.log(work.request.metadata.name);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be in it.
    expect(log).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it('has a plan that names the same errors', async () => {
    const backup = await backUp([configMapItem('planned', 'good'), ...bad]);
    const { results, counts } = await rehearse(job(backup), { hashKey: randomBytes(32), heard: () => {} });
    expect(Object.values(results.errors.namespaces ?? {}).flat()).toHaveLength(bad.length);
    expect(counts).toEqual({ created: 2 });
    expect(await there('planned')).toEqual([]);
  });

  it('also skips an object whose metadata or body no API server gives', async () => {
    const odd = (name: string, metadata: object, more: object = {}) =>
      configMapItem(
        'odd',
        name,
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name, namespace: 'odd', ...metadata },
          ...more,
        }),
      );
    const items = [
      odd('labels', { labels: { a: 5 } }),
      odd('owners', { ownerReferences: [null] }),
      odd('annotations', { annotations: [] }),
      configMapItem('odd', 'good'),
    ];
    const result = await restore(job(await backUp(items)));
    expect(result).toMatchObject({ phase: 'PartiallyFailed', errors: 3 });
    expect(await there('odd')).toEqual(['good']);
  });

  it('refuses all of it where nothing proves the archive, and changes nothing', async () => {
    const backup = await backUp([configMapItem('unproved', 'good'), bad[0]!]);
    const result = await restore(job(backup, { verdict: 'unproved', reason: 'nobody signed it' }));
    expect(result).toMatchObject({ phase: 'Failed', counts: {} });
    expect(await there('unproved')).toEqual([]);
  });

  it('lets a mirror delete nothing: the source may have what could not be read', async () => {
    const namespace: WholeItem = {
      groupResource: 'namespaces',
      version: 'v1',
      name: 'mirror',
      body: Buffer.from('{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"mirror"}}'),
    };
    const both = [namespace, configMapItem('mirror', 'kept'), configMapItem('mirror', 'gone')];
    const replica: Replica = {
      label: 'rule',
      targetUid: 'uid-target',
      sourceUid: 'uid-source',
      mirror: { backupSpec: {} },
    };
    const mirror = async (items: readonly WholeItem[]) => restore({ ...job(await backUp(items)), replica });
    await mirror(both);
    expect(await mirror([...both.slice(0, 2), configMapItem('mirror', 'x'.repeat(254))])).toMatchObject({
      phase: 'PartiallyFailed',
    });
    expect(await there('mirror')).toEqual(['gone', 'kept']);
    expect(await mirror(both.slice(0, 2))).toMatchObject({ phase: 'Completed', counts: { deleted: 1 } });
    expect(await there('mirror')).toEqual(['kept']);
  });
});
