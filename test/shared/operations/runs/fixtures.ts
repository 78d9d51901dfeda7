import { silentLog } from '../../../../shared/platform/log/log';
import type { BackupRequest, RunResult } from '../../../../shared/formats/manifests/run';
import type { RunContext } from '../../../../shared/operations/runs/run-context';
import { countingRandom, FakeClock } from '../../../harness/fake-clock';
import { MemoryBucket } from '../../../harness/memory-bucket';

export const minute = 60_000;
export const run = { kind: 'backups', name: 'shop-1' } as const;
export const request: BackupRequest = {
  kind: 'BackupRequest',
  metadata: { name: 'shop-1' },
  cluster: 'a',
  vault: 'main',
  spec: { includedNamespaces: ['shop'] },
};
export const completed: RunResult = {
  kind: 'RunResult',
  phase: 'Completed',
  startTimestamp: '2026-11-22T10:00:00Z',
  completionTimestamp: '2026-11-22T10:01:00Z',
  errors: 0,
  warnings: 0,
  counts: { items: 3 },
  attempts: 1,
};

/** A state in memory, with a dispatcher that keeps what it was given and can fail. */
export function setUp() {
  const clock = new FakeClock();
  const bucket = new MemoryBucket(clock);
  const sent: string[] = [];
  const dispatch = { fails: false };
  const context: RunContext = {
    state: bucket.store('state/'),
    installation: 'i1',
    dispatcher: {
      async start(_, taskId) {
        if (dispatch.fails) throw new Error('no answer');
        if (sent.includes(taskId)) return 'already-sent';
        sent.push(taskId);
        return 'sent';
      },
    },
    clock,
    random: countingRandom(),
    log: silentLog,
    holder: 'test',
  };
  return { clock, bucket, context, sent, dispatch };
}
