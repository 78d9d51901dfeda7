import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type SandboxCluster, startSandboxCluster } from '../../local/cluster/server';
import { LifeboatError } from '../../shared/platform/errors';
import { addCluster } from '../../shared/app/clusters/add-cluster';
import { runContext } from '../../shared/app/installation';
import { carryOutBackup } from '../../shared/app/runs/carry-out-backup';
import type { BackupRequest, RunResult } from '../../shared/formats/manifests/run';
import { requestRun } from '../../shared/operations/runs/request-run';
import { findResult } from '../../shared/formats/state/run/results';
import { FakeClock } from '../harness/fake-clock';
import { MemoryBucket } from '../harness/memory-bucket';
import { workingInstallation } from '../harness/working-installation';

// An hour is played for each request that can be refused.
jest.setTimeout(180_000);

const key = Buffer.alloc(32, 7).toString('base64');
const run = { kind: 'backups', name: 'nightly-20261122100000' } as const;
const request: BackupRequest = {
  kind: 'BackupRequest',
  metadata: { name: run.name },
  cluster: 'a',
  vault: 'main',
  schedule: { name: 'nightly', slot: '2026-11-22T10:00:00Z' },
  spec: { includedNamespaces: ['shop'], includedResources: ['configmaps', 'secrets'] },
};

let sandbox: SandboxCluster;
beforeAll(async () => {
  sandbox = await startSandboxCluster({ name: 'a' });
  await sandbox.load('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n');
  await sandbox.settled();
});
afterAll(() => sandbox?.close());
afterEach(() => sandbox.faults.clear());

/** Carries the scheduled backup out, as the ticks of an hour would start it. Undefined when it has no outcome by then. */
async function anHourWith(refuse: (bucket: MemoryBucket) => () => boolean) {
  const clock = new FakeClock();
  const bucket = new MemoryBucket(clock);
  const { installation } = await workingInstallation({ LIFEBOAT_SEAL_KEY: key }, bucket, clock);
  await addCluster(installation, { name: 'a', kubeconfig: sandbox.kubeconfig });
  await requestRun(runContext(installation), request);
  const struck = refuse(bucket);
  let result: RunResult | undefined;
  let starts = 0;
  for (; starts < 5 && !result; starts += 1) {
    result = await carryOutBackup(installation, run).catch(() => undefined);
    bucket.before = () => {};
    await clock.advance(4 * 60_000);
  }
  return { struck: struck(), starts, result: result ?? (await findResult(installation.state.store, run)) };
}

describe('a scheduled backup that meets one refusal', () => {
  it.each(['denied', 'not-found'] as const)('is made all the same: %s for each write', async (kind) => {
    let written = 0;
    for (let n = 0; ; n += 1) {
      const { struck, result } = await anHourWith((bucket) => {
        let seen = 0;
        bucket.before = () => {
          if (seen++ === n) throw new LifeboatError(kind, 'the role is being changed');
        };
        return () => seen > n;
      });
      if (!struck) break;
      written += 1;
      expect([n, result?.phase, result?.reason]).toEqual([n, 'Completed', undefined]);
    }
    expect(written).toBeGreaterThan(10);
  });

  it.each([403, 404])('is made all the same: %i of each request to the API server', async (status) => {
    let asked = 0;
    for (let n = 0; n < 100; n += 1) {
      const { struck, result } = await anHourWith(() => {
        sandbox.faults.add({ status, after: n, count: 1 });
        return () => {
          // A fault that is left hits the next request.
          const hit = sandbox.faults.take('GET', '/') === undefined;
          sandbox.faults.clear();
          return hit;
        };
      });
      if (!struck) break;
      asked += 1;
      // A list that is refused by itself is a miss, and the backup says so.
      expect([n, result?.phase, result?.reason]).toEqual([
        n,
        expect.stringMatching(/^(Completed|PartiallyFailed)$/),
        undefined,
      ]);
    }
    expect(asked).toBeGreaterThan(3);
  });
});
