import { describe, expect, it } from '@jest/globals';
import { patienceOf } from '../../../../shared/app/runs/patience';
import type { RunRequest } from '../../../../shared/formats/manifests/run';

const minute = 60_000;
const state = { schedules: { find: async () => undefined } };
const of = (request: object) => patienceOf({ state } as never, request as RunRequest);

describe('the patience with refusals', () => {
  it('is none where a person looks at the outcome', async () => {
    for (const kind of ['BackupRequest', 'RestoreRequest', 'PlanRequest', 'CopyRequest'])
      expect(await of({ kind })).toEqual({ denied: 0, absent: 0 });
  });

  it('is an hour for what a schedule or rule requested, but minutes for a restore that misses something', async () => {
    const schedule = { name: 'gone', slot: '2026-11-22T10:00:00Z' };
    for (const kind of ['BackupRequest', 'CopyRequest'])
      expect(await of({ kind, schedule })).toEqual({ denied: 65 * minute, absent: 65 * minute });
    const restore = await of({ kind: 'RestoreRequest', replication: {} });
    expect(restore).toEqual({ denied: 65 * minute, absent: 10 * minute });
  });
});
