import { expect, it } from '@jest/globals';
import { lastCount } from '../../../../shared/formats/state/last-count';
import { finishRun } from '../../../../shared/formats/state/run/results';
import { completed, request, setUp } from '../../operations/runs/fixtures';

it('counts on as many objects as the newest earlier backup of the series held', async () => {
  const { context } = setUp();
  const { state } = context;
  const end = (name: string, items?: number) =>
    finishRun(
      state,
      { kind: 'backups', name },
      { ...completed, counts: items === undefined ? {} : { items } },
    );
  const of = (name: string) => ({
    ...request,
    metadata: { name },
    schedule: { name: 'nightly', slot: '2026-11-22T01:00:00Z' },
  });
  expect(await lastCount(state, of('nightly-20261122010000'))).toBeUndefined();
  await end('nightly-20261120010000', 10);
  await end('nightly-20261121010000', 20);
  await end('nightly-20261121020000');
  await end('nightly-20261123010000', 40);
  await end('nightly-b-20261121030000', 50);
  expect(await lastCount(state, of('nightly-20261122010000'))).toBe(20);
  expect(
    await lastCount(state, { ...request, metadata: { name: 'nightly-20261122010000' } }),
  ).toBeUndefined();
});
