import { beforeEach, describe, expect, it } from '@jest/globals';
import { collectState } from '../../../../shared/operations/disaster/state-export/collect-state';
import { installationKeys } from '../../../../shared/app/installation-keys';
import { openKeptSecret } from '../../../../shared/app/rotation/kept-secrets';
import { restoreState } from '../../../../shared/app/state/restore-state';
import type { Settings } from '../../../../shared/app/settings';
import { silentLog } from '../../../../shared/platform/log/log';
import { openState } from '../../../../shared/formats/state/state';
import {
  planStateRestore,
  type StateRestorePlan,
} from '../../../../shared/operations/disaster/state-restore/plan-state-restore';
import { systemClock, systemRandom } from '../../../../shared/platform/system';
import { MemoryBucket } from '../../../harness/memory-bucket';
import {
  exportedState,
  installation,
  kubeconfigText,
  pair,
  place,
} from '../../operations/disaster/state-export/an-exporting-state';

const settings = {
  region: 'cn-hangzhou',
  networkType: 'public',
  local: false,
  sealKey: Buffer.alloc(32, 3).toString('base64'),
  recoveryKey: pair.publicKey,
} as Settings;

let plan: StateRestorePlan;
let bucket: MemoryBucket;

beforeEach(async () => {
  const content = await exportedState();
  plan = planStateRestore({ content }, place, pair.privateKey);
  bucket = new MemoryBucket();
});

function work(changed: Partial<Settings> = {}) {
  const parts = {
    settings: { ...settings, ...changed },
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
  };
  const credentials = async () => ({ accessKeyId: 'x', accessKeySecret: 'y' });
  return { ...parts, state: bucket.store('new/'), sealing: installationKeys({ ...parts, credentials }) };
}

describe('a state that is made of an export', () => {
  it('is a new installation, its secrets sealed with its own key and kept for the recovery key again', async () => {
    const needs = work();
    const id = await restoreState(plan, needs);
    expect(id).not.toBe(installation);
    const state = openState(needs.state);
    const cluster = await state.clusters.get('a');
    expect(await openKeptSecret('clusters/a.json', cluster, { ...needs, id })).toBe(kubeconfigText);
    expect((await state.schedules.get('nightly')).spec.paused).toBe(true);
    expect((await collectState(needs.state)).sealed.map(({ key }) => key)).toEqual(['clusters/a.json']);
    const everything = bucket.keys().map((key) => bucket.objects.get(key)!.body.toString());
    expect(everything.join('\n')).not.toContain('token-of-an-admin');
  });

  it('is refused where anything lies already, and where a key for sealing is missing; nothing is written then', async () => {
    await expect(restoreState(plan, work({ sealKey: undefined }))).rejects.toMatchObject({ kind: 'invalid' });
    const within = new MemoryBucket('plain', 'team-backups').store('state/');
    await expect(restoreState(plan, { ...work(), state: within })).rejects.toMatchObject({ kind: 'invalid' });
    expect([...bucket.keys(), ...within.memory.keys()]).toEqual([]);
    bucket.write('new/hints/x.json', Buffer.from('{}'));
    await expect(restoreState(plan, work())).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining('is not empty'),
    });
    expect(bucket.keys()).toEqual(['new/hints/x.json']);
  });

  it('is one, when two are made at once', async () => {
    const outcomes = await Promise.allSettled([restoreState(plan, work()), restoreState(plan, work())]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});
