import { describe, expect, it } from '@jest/globals';
import { backupCommand } from '../../../cli/commands/backup';
import { clusterCommand } from '../../../cli/commands/cluster';
import { waitAndReport } from '../../../cli/options/wait';
import { finishRun } from '../../../shared/formats/state/run/results';
import { completed } from '../../shared/operations/runs/fixtures';
import { start } from '../command-in-memory';

const create = 'create one --cluster a --vault main --include-namespaces shop';

describe('a value that is given twice', () => {
  it.each([
    ['-l app=web -l app=nginx', '--selector is given twice, the second time with "app=nginx"'],
    ['-l app=web --selector tier=db', '--selector is given twice'],
    ['-l app=web,app=nginx', 'app'],
    ['--ordered-resources pods=shop/a;pods=shop/b', '--ordered-resources names pods twice'],
  ])('is refused: %s, and nothing is stored', async (flags, message) => {
    const { run, bucket } = await start();
    const before = bucket.keys();
    await expect(run(`${create} ${flags}`, backupCommand)).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining(message),
    });
    expect(bucket.keys()).toEqual(before);
  });

  it.each([
    ['env=live env=test', '"env" is given two values: live and test'],
    ['env=live env-', 'label "env" is set and taken away'],
  ])('is refused as a label of a cluster: %s', async (labels, message) => {
    const { run, state } = await start();
    const before = await state.clusters.get('a');
    await expect(run(`label a ${labels}`, clusterCommand)).rejects.toMatchObject({
      kind: 'invalid',
      message,
    });
    expect(await state.clusters.get('a')).toEqual(before);
  });
});

describe('a run that did nothing', () => {
  it('is reported with 0 items', async () => {
    const { run, line, context } = await start();
    await run(create, backupCommand);
    await finishRun(context.state, { kind: 'backups', name: 'one' }, { ...completed, counts: { items: 0 } });
    let out = '';
    line.screen.out = (text) => {
      out += text;
    };
    await waitAndReport(line, 'backups', 'one');
    expect(out).toBe('Backup one: Completed (0 items)');
  });
});
