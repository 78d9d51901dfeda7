import { describe, expect, it } from '@jest/globals';
import { addReplication } from '../../../../shared/app/replications/add-replication';
import {
  pauseReplication,
  replaceReplication,
  unpauseReplication,
} from '../../../../shared/app/replications/change-replication';
import { scheduleRemark } from '../../../../shared/app/replications/schedule-remark';
import { addSchedule } from '../../../../shared/app/schedules/add-schedule';
import { anInstallation } from '../an-installation';

/** An installation with the clusters a, b and a2, which is a under another name. */
async function start() {
  const made = await anInstallation();
  const { state } = made;
  const withUid = (name: string) =>
    state.clusters.change(name, (now) => ({ ...now, spec: { ...now.spec, uid: `uid-of-${name}` } }));
  const a = await withUid('a');
  await state.clusters.create({ ...a, metadata: { name: 'a2' } });
  await withUid('b');
  return made;
}

const rule = (name: string, spec: object = {}, source: object = {}) => ({
  kind: 'Replication',
  metadata: { name },
  spec: { source: { vault: 'main', cluster: 'a', ...source }, targets: ['b'], policy: 'seed', ...spec },
});

describe('a replication rule is refused', () => {
  it.each<[string, object, string]>([
    ['that takes no phase', rule('x', { onlyIf: [] }), 'spec.onlyIf is empty, so nothing would be restored'],
    [
      'that maps what it does not take',
      rule('x', { namespaceMapping: { other: 'y' } }, { namespaces: ['shop', 'web-*'] }),
      'maps namespace other, which it does not take',
    ],
    [
      'whose source is another cluster here than its uid says',
      rule('x', {}, { clusterUid: 'uid-elsewhere' }),
      'cluster "a" is registered here with the uid uid-of-a, not uid-elsewhere',
    ],
    [
      'that closes a loop through a cluster that is registered twice',
      rule('x', { targets: ['a2'] }, { cluster: 'b' }),
      'closes a loop',
    ],
  ])('%s, and nothing is stored', async (_, manifest, reason) => {
    const { installation, bucket } = await start();
    await addReplication(installation, rule('first'));
    const before = bucket.keys();
    await expect(addReplication(installation, manifest)).rejects.toThrow(reason);
    expect(bucket.keys()).toEqual(before);
  });

  it('not for a mapping of what a pattern takes, nor for the uid that its source has', async () => {
    const { installation } = await start();
    await addReplication(
      installation,
      rule('x', { namespaceMapping: { 'web-1': 'y' } }, { namespaces: ['web-*'], clusterUid: 'uid-of-a' }),
    );
  });
});

describe('a replication rule with which something is wrong', () => {
  it('can be paused, and is not unpaused as it is', async () => {
    const { installation, state, bucket } = await start();
    await addReplication(installation, rule('x'));
    // Made at one moment by somebody else: the two close a loop.
    const back = {
      ...(await state.replications.get('x')),
      ...rule('back', { targets: ['a'] }, { cluster: 'b' }),
    };
    bucket.write('state/replications/back.json', Buffer.from(JSON.stringify(back)));
    await pauseReplication(installation, 'x');
    await expect(unpauseReplication(installation, 'x')).rejects.toThrow('closes a loop');
    await state.replications.remove('back');
    await state.clusters.remove('b');
    await expect(unpauseReplication(installation, 'x')).rejects.toThrow('there is no cluster "b"');
    expect((await state.replications.get('x')).spec.paused).toBe(true);
  });

  it('is refused when it is edited into a loop of one namespace, or unpaused as one', async () => {
    const { installation, state } = await start();
    await addReplication(installation, rule('there', {}, { namespaces: ['shop'] }));
    const manifest = rule('back', { targets: ['a'] }, { cluster: 'b', namespaces: ['bank'] });
    const back = await addReplication(installation, manifest);
    const looping = rule('back', { targets: ['a'] }, { cluster: 'b', namespaces: ['bank', 'sh*'] });
    await expect(replaceReplication(installation, back, looping)).rejects.toThrow('closes a loop');
    expect(await state.replications.get('back')).toEqual(back);
    await pauseReplication(installation, 'back');
    // As a version of Lifeboat stored it that did not compare the names.
    await state.replications.change('back', () => ({ ...looping, spec: { ...looping.spec, paused: true } }));
    await expect(unpauseReplication(installation, 'back')).rejects.toThrow('namespace shop');
    expect((await state.replications.get('back')).spec.paused).toBe(true);
  });

  it('does not keep a rule from being made that has no part in its loop', async () => {
    const { installation, bucket } = await start();
    await addReplication(installation, rule('there', {}, { namespaces: ['shop'] }));
    const back = rule('back', { targets: ['a'] }, { cluster: 'b', namespaces: ['shop'] });
    bucket.write('state/replications/back.json', Buffer.from(JSON.stringify(back)));
    await addReplication(installation, rule('other', {}, { namespaces: ['bank'] }));
  });
});

describe('what is said of the schedule that a rule names', () => {
  it('is that it is not there, keeps its backups elsewhere, or is for other clusters', async () => {
    const { installation, state } = await start();
    const remark = async (source: object) =>
      scheduleRemark(installation, state.replications.check(rule('x', { targets: ['a2'] }, source)));
    await state.vaults.create({
      kind: 'Vault',
      metadata: { name: 'far' },
      spec: { region: 'cn-hangzhou', bucket: 'far-away' },
    });
    const template = { includedNamespaces: ['shop'] };
    await addSchedule(installation, {
      name: 'nightly',
      spec: { schedule: '6h', clusters: ['a'], vault: 'main', template },
    });
    expect(await remark({ schedule: 'nightly' })).toBeUndefined();
    expect(await remark({})).toBeUndefined();
    expect(await remark({ schedule: 'nightl' })).toContain('no schedule "nightl" here');
    expect(await remark({ schedule: 'nightl', clusterUid: 'u' })).toBeUndefined();
    expect(await remark({ schedule: 'nightly', vault: 'far' })).toContain('keeps its backups in main');
    expect(await remark({ schedule: 'nightly', cluster: 'b' })).toContain(
      'backs up a, and the rule is for b',
    );
  });
});
