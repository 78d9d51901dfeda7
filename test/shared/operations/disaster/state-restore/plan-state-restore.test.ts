import { beforeEach, describe, expect, it } from '@jest/globals';
import { newRecoveryKey } from '../../../../../shared/operations/disaster/recovery/recovery-key';
import type { StateExport } from '../../../../../shared/operations/disaster/state-export/state-export';
import { planStateRestore } from '../../../../../shared/operations/disaster/state-restore/plan-state-restore';
import { systemRandom } from '../../../../../shared/platform/system';
import { exportedState, kubeconfigText, pair, place } from '../state-export/an-exporting-state';

let content: StateExport;

beforeEach(async () => {
  content = await exportedState();
});

const restoredAs = (plan: ReturnType<typeof planStateRestore>, key: string) =>
  plan.objects.get(key)?.value as { spec: Record<string, unknown> } | undefined;

describe('the plan of a state to restore', () => {
  it('pauses schedules and replications, and opens what was sealed', () => {
    const plan = planStateRestore({ content }, place, pair.privateKey);
    expect(restoredAs(plan, 'schedules/nightly.json')?.spec.paused).toBe(true);
    expect(restoredAs(plan, 'replications/standby.json')?.spec.paused).toBe(true);
    expect(plan.objects.get('clusters/a.json')?.secrets.get('spec.sealedKubeconfig')).toBe(kubeconfigText);
    expect(JSON.stringify([...plan.objects].map(([, { value }]) => value))).not.toContain(
      'token-of-an-admin',
    );
    expect(plan.leftOut).toEqual([
      { key: 'clusters/b.json', reason: expect.stringContaining('add it again') },
    ]);
  });

  it('names the vault where it was found, with the functions’ own role, when that is elsewhere', () => {
    const moved = { region: 'cn-shanghai', bucket: 'copy-of-it', subdirectory: 'team' };
    const plan = planStateRestore({ content }, moved, pair.privateKey);
    expect(restoredAs(plan, 'vaults/main.json')?.spec).toEqual({ ...moved, networkType: 'public' });
    const stayed = planStateRestore({ content }, place, pair.privateKey);
    expect(restoredAs(stayed, 'vaults/main.json')).toEqual(content.objects['vaults/main.json']);
  });

  it('leaves out what is sealed when no key is given, and refuses another key altogether', () => {
    const plan = planStateRestore({ content }, place, undefined);
    expect(plan.leftOut).toContainEqual({
      key: 'clusters/a.json',
      reason: expect.stringContaining('--recovery-key-file'),
    });
    const other = newRecoveryKey(systemRandom).privateKey;
    expect(() => planStateRestore({ content }, place, other)).toThrow(/sealed to recovery key/);
    // Also where there is nothing to open.
    expect(() => planStateRestore({ content: { ...content, sealed: [] } }, place, 'https://x')).toThrow(
      'the private half of the recovery key is not 32 bytes in base64',
    );
  });

  it('refuses a box that was put under another cluster', () => {
    content.objects['clusters/c.json'] = content.objects['clusters/a.json'];
    content.sealed.push({ ...content.sealed[0]!, key: 'clusters/c.json' });
    expect(() => planStateRestore({ content }, place, pair.privateKey)).toThrow(
      /clusters\/c.json.*does not open/,
    );
  });

  it('leaves out what this version does not understand, and says so', () => {
    content.objects['schedules/newer.json'] = {
      kind: 'Schedule',
      metadata: { name: 'newer' },
      spec: { phase: 'moon' },
    };
    content.objects['inventions/x.json'] = {};
    const { leftOut, objects } = planStateRestore({ content }, place, pair.privateKey);
    expect(leftOut.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['schedules/newer.json', 'inventions/x.json']),
    );
    expect([...objects.keys()]).not.toContain('inventions/x.json');
  });
});
