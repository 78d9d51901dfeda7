import { describe, expect, it } from '@jest/globals';
import { backupCommand } from '../../cli/commands/backup';
import { costCommand } from '../../cli/commands/cost';
import { markClosed } from '../../shared/formats/state/run/open-runs';
import { createRequest } from '../../shared/formats/state/run/requests';
import { finishRun } from '../../shared/formats/state/run/results';
import { backupKeys } from '../../shared/formats/vault/layout';
import { start } from '../cli/command-in-memory';
import { completed, request } from '../shared/operations/runs/fixtures';

/** Backups in a vault whose runs are known and over, and what each command asks of OSS. */
async function manyBackups(count: number) {
  const made = await start();
  const { vault, context, bucket } = made;
  const add = async (name: string) => {
    const run = { kind: 'backups', name } as const;
    await createRequest(context.state, { ...request, metadata: { name } });
    await write(name, { phase: 'Completed' });
    await finishRun(context.state, run, completed);
    await markClosed(context.state, run);
  };
  async function write(name: string, status: object): Promise<void> {
    const manifest = { apiVersion: 'velero.io/v1', kind: 'Backup', metadata: { name }, status };
    await vault.put(backupKeys(name).manifest, Buffer.from(JSON.stringify(manifest)));
  }
  for (let n = 0; n < count; n += 1) await add(`b-${n}`);
  let requests = 0;
  bucket.before = () => {
    requests += 1;
  };
  async function asks(command: string, make = backupCommand): Promise<{ requests: number; out: string }> {
    requests = 0;
    const { out } = await made.run(command, make);
    return { requests, out };
  }
  return { ...made, add, write, asks };
}

describe('the requests to OSS of a list', () => {
  it('of backups do not grow with what has not changed, and what has changed is read', async () => {
    const { asks, add, write } = await manyBackups(300);
    const first = await asks('get');
    const again = await asks('get');
    expect(first.requests).toBeGreaterThan(300);
    // Both hints, vaults, listings of the vault and of the runs; a listing asks once for each thousand objects.
    expect(again.requests).toBeLessThanOrEqual(8);
    expect(again.out).toBe(first.out);
    await add('new');
    const more = await asks('get');
    // Its manifest, request and outcome, and both hints.
    expect(more.requests - again.requests).toBe(5);
    expect(more.out).toContain('new ');
    await write('b-7', { phase: 'PartiallyFailed', errors: 3 });
    expect((await asks('get')).out).toMatch(/b-7 +PartiallyFailed/);
  });

  it('of costs read no run again that was over', async () => {
    const { asks } = await manyBackups(100);
    await asks('', costCommand as unknown as typeof backupCommand);
    const again = await asks('', costCommand as unknown as typeof backupCommand);
    expect(again.requests).toBeLessThanOrEqual(12);
  });

  it('of one backup are at most six, however many there are', async () => {
    const { asks, context } = await manyBackups(100);
    const one = await asks('get b-50');
    expect(one.out).toContain('b-50');
    expect(one.requests).toBeLessThanOrEqual(6);
    const name = 'lost';
    await createRequest(context.state, { ...request, metadata: { name } });
    const run = { kind: 'backups', name } as const;
    await finishRun(context.state, run, { ...completed, phase: 'Failed', reason: 'no answer' });
    const failed = await asks('get lost');
    expect(failed.out).toMatch(/lost +Failed/);
    expect(failed.requests).toBeLessThanOrEqual(6);
  });

  it('that lost or damaged hints cost are all that they cost', async () => {
    const { asks, bucket } = await manyBackups(20);
    const first = await asks('get');
    const hints = [...bucket.objects.keys()].filter((key) => key.includes('hints/lists/'));
    expect(hints).toHaveLength(2);
    for (const body of ['', '{', 'null', '{"b-1":{"etags":"x"}}']) {
      for (const key of hints) bucket.write(key, Buffer.from(body));
      expect((await asks('get')).out).toBe(first.out);
    }
  });

  it('show the run that has a name now, not the one that had it before', async () => {
    const { asks, context, bucket } = await manyBackups(1);
    const name = 'lost';
    const run = { kind: 'backups', name } as const;
    for (const reason of ['the first', 'the second']) {
      for (const key of [...bucket.objects.keys()])
        if (key.includes('/runs/backups/lost/')) bucket.objects.delete(key);
      await createRequest(context.state, { ...request, metadata: { name } });
      await finishRun(context.state, run, { ...completed, phase: 'Failed', reason });
      expect((await asks('get -o wide')).out).toContain(reason);
    }
  });
});
