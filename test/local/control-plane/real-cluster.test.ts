import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { describeWithRealClusters } from '../../harness/describe-with-real-cluster';
import { GuardedProcess } from '../../../local/control-plane/guarded-process';

describe('GuardedProcess', () => {
  it('ends its program on stop', async () => {
    const program = new GuardedProcess('sleep', '/bin/sleep', ['61.25'], '/dev/null');
    await delay(200);
    expect(running('61.25')).toBe(true);
    await program.stop();
    expect(running('61.25')).toBe(false);
  });

  it('notices when its program ends by itself', async () => {
    const program = new GuardedProcess('true', '/bin/true', [], '/dev/null');
    for (let tries = 0; tries < 50 && !program.ended; tries++) await delay(50);
    expect(program.ended).toBe(true);
  });
});

describeWithRealClusters('startRealCluster', ['current', 'old'], (clusters) => {
  it('starts two generations side by side, each with a working kubectl', async () => {
    const versions = clusters().map((cluster) => cluster.version);
    expect(versions[0]).not.toBe(versions[1]);
    for (const cluster of clusters()) {
      await cluster.create('{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"made"}}');
      expect(await cluster.kubectl('get', 'namespace', 'made', '-o', 'name')).toBe('namespace/made\n');
      await expect(cluster.kubectl('get', 'namespace', 'unmade')).rejects.toThrow('NotFound');
    }
  });

  it('runs the controller manager: a deleted namespace goes away', async () => {
    for (const cluster of clusters()) {
      await cluster.kubectl('create', 'namespace', 'goes');
      await cluster.kubectl('delete', 'namespace', 'goes', '--wait', '--timeout=60s');
      await expect(cluster.kubectl('get', 'namespace', 'goes')).rejects.toThrow('NotFound');
    }
  }, 120_000);

  it('keeps its files in a folder of its own', () => {
    for (const cluster of clusters()) expect(existsSync(cluster.folder)).toBe(true);
  });
});

function running(parameter: string): boolean {
  try {
    return execFileSync('pgrep', ['-fx', `/bin/sleep ${parameter}`]).length > 0;
  } catch {
    return false;
  }
}
