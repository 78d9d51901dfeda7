import { describe, expect, it } from '@jest/globals';
import { restoreCommand } from '../../cli/commands/restore';
import { createRequest } from '../../shared/formats/state/run/requests';
import { finishRun } from '../../shared/formats/state/run/results';
import { completed } from '../shared/operations/runs/fixtures';
import { start } from './command-in-memory';

/** A command line where `back` has been asked for. */
async function withRestore() {
  const made = await start();
  await createRequest(made.context.state, {
    kind: 'RestoreRequest',
    metadata: { name: 'back', labels: { team: 'sales' } },
    cluster: 'a',
    vault: 'main',
    spec: { backupName: 'shop-1' },
  });
  const fail = () =>
    finishRun(
      made.context.state,
      { kind: 'restores', name: 'back' },
      { ...completed, phase: 'Failed', reason: 'no answer', errors: 1, warnings: 2 },
    );
  return { ...made, fail };
}

const cells = (text: string) => text.split(/ {3,}/);

describe('lifeboat restore get', () => {
  it('-o wide adds the vault, the end, the labels and the reason', async () => {
    const { run, fail } = await withRestore();
    await fail();
    for (const command of ['get -o wide', 'get back -o wide']) {
      const [headings, row] = (await run(command, restoreCommand)).out.split('\n').map(cells);
      expect(headings?.slice(-7)).toEqual([
        'ERRORS',
        'WARNINGS',
        'AGE',
        'VAULT',
        'COMPLETED',
        'LABELS',
        'REASON',
      ]);
      expect(row?.slice(-7)).toEqual([
        '1',
        '2',
        '0s',
        'main',
        '2026-11-22T10:01:00Z',
        'team=sales',
        'no answer',
      ]);
    }
    expect((await run('get', restoreCommand)).out).not.toContain('VAULT');
  });

  it('--watch prints a restore again once it is another', async () => {
    const { watch, fail } = await withRestore();
    const lines = await watch('get back --watch', restoreCommand, [async () => {}, fail]);
    expect(lines.map((text) => cells(text).slice(0, 2))).toEqual([
      ['NAME', 'PHASE'],
      ['back', 'New'],
      ['back', 'Failed'],
    ]);
  });
});
