import { describe, expect, it } from '@jest/globals';
import { BackupHooks, type BackupHooksJob } from '../../../../shared/operations/hooks/backup-hooks';
import { payDebts } from '../../../../shared/operations/hooks/hook-debts';
import type { ExecHook, PodHooks } from '../../../../shared/operations/hooks/pod-hooks';
import { LifeboatError } from '../../../../shared/platform/errors';
import { OutputTail } from '../../../../shared/platform/kubernetes/output-tail';
import {
  type CommandEnd,
  CommandError,
  type PodCommand,
} from '../../../../shared/platform/kubernetes/pod-command';
import type { Log } from '../../../../shared/platform/log/log';
import { MemoryStore } from '../../../harness/memory-store';
import { answer, scripted } from '../../platform/kubernetes/scripted-cluster';

const hook = (name: string, more: Partial<ExecHook> = {}): ExecHook => ({
  container: 'db',
  command: [name],
  timeout: 30_000,
  onError: 'Fail',
  origin: `hook ${name}`,
  ...more,
});

const podOf = (pod: string, more: Partial<PodHooks> = {}): PodHooks => ({
  namespace: 'shop',
  pod,
  uid: `uid-${pod}`,
  pre: [hook('freeze')],
  post: [hook('thaw')],
  problems: [],
  ...more,
});

const output = (text = '') => {
  const tail = new OutputTail();
  tail.add('stdout', Buffer.from(text));
  return tail;
};
const exits = (exitCode: number, text?: string): CommandEnd => ({
  outcome: 'exited',
  exitCode,
  output: output(text),
});
const timesOut: CommandEnd = { outcome: 'timed-out', output: output() };

/** A run whose commands end as told, by the name of the program. */
function rig(
  pods: PodHooks[],
  ends: Record<string, (command: PodCommand) => CommandEnd | Promise<CommandEnd>> = {},
) {
  const store = new MemoryStore();
  const sent: string[] = [];
  const lines: string[] = [];
  const aborting = new AbortController();
  const secret = {
    metadata: { name: 's' },
    data: { password: Buffer.from('hunter2-hunter2').toString('base64') },
  };
  let mayReadSecrets = true;
  const { cluster } = scripted(
    ({ path }) => {
      if (path.includes('/secrets'))
        return mayReadSecrets
          ? answer(200, { kind: 'SecretList', apiVersion: 'v1', metadata: {}, items: [secret] })
          : answer(403, { kind: 'Status', reason: 'Forbidden', message: 'no' });
      const name = /metadata\.name%3D([^&]+)/.exec(path)?.[1];
      const items = pods.filter(({ pod }) => pod === name);
      return answer(200, {
        kind: 'PodList',
        apiVersion: 'v1',
        metadata: {},
        items: items.map(({ pod, uid, namespace }) => ({ metadata: { name: pod, namespace, uid } })),
      });
    },
    async (command) => {
      sent.push(`${command.command[0]} ${command.pod}`);
      return (await ends[command.command[0]!]?.(command)) ?? exits(0);
    },
  );
  const write = (level: string) => (message: string) => lines.push(`${level}: ${message}`);
  const log: Log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  const clock = { now: () => new Date(0), monotonic: () => 0, sleep: async () => {} };
  const job: BackupHooksJob = { cluster, run: store, attempt: 1, clock, signal: aborting.signal, log };
  const debts = async () => {
    const found: string[] = [];
    for await (const page of store.list('hooks/')) found.push(...page.objects.map(({ key }) => key));
    return found;
  };
  return {
    job,
    sent,
    lines,
    debts,
    store,
    abort: () => aborting.abort(new LifeboatError('lost-lease', 'lost')),
    hideSecrets: () => {
      mayReadSecrets = false;
    },
    hooks: new BackupHooks(job, pods),
    errors: () => lines.filter((line) => line.startsWith('error')),
  };
}

const keys = (...pods: string[]) => pods.map((pod) => `shop/${pod}`);

describe('hooks around the saving of a block', () => {
  it('run pre before and post after the work, the hooks of a pod in their order', async () => {
    const two = podOf('a', { pre: [hook('one'), hook('two')], post: [hook('three'), hook('four')] });
    const { hooks, sent } = rig([two]);
    const done = await hooks.around(keys('a'), async (refused) => {
      sent.push('work');
      return [...refused];
    });
    expect(done).toEqual([]);
    expect(sent).toEqual(['one a', 'two a', 'work', 'three a', 'four a']);
    expect(hooks.counts).toEqual({ attempted: 4, failed: 0 });
  });

  it('leave a block without hooks alone', async () => {
    const { hooks, store } = rig([podOf('a')]);
    expect(await hooks.around(keys('other'), async () => 'done')).toBe('done');
    expect(await store.head('touches.json')).toBeUndefined();
  });

  it('are on record before the first is sent, and no longer when all ran', async () => {
    const seen: unknown[] = [];
    const rigged = rig([podOf('a'), podOf('b', { post: [] })], {
      freeze: async () => {
        seen.push(await rigged.debts(), (await rigged.store.head('touches.json')) !== undefined);
        return exits(0);
      },
    });
    await rigged.hooks.around(keys('a', 'b'), async () => {});
    expect(seen.slice(0, 2)).toEqual([['hooks/1-1.json'], true]);
    expect(await rigged.debts()).toEqual([]);
  });

  it.each([
    ['exit code', () => exits(1, 'no space')],
    ['time limit', () => timesOut],
    ['unknown container', undefined],
  ])(
    'keep the volumes of a pod from being saved after a failed pre hook (%s), and run its post hook',
    async (_, freeze) => {
      const bad = freeze ? hook('freeze') : hook('freeze', { fault: 'the pod has no container "x"' });
      const { hooks, sent, errors } = rig(
        [podOf('a', { pre: [bad, hook('later')] }), podOf('b', { pre: [] })],
        freeze && { freeze },
      );
      const refused = await hooks.around(keys('a', 'b'), async (pods) => [...pods]);
      expect(refused).toEqual(keys('a'));
      expect(sent.filter((one) => !one.startsWith('freeze')).sort()).toEqual(['thaw a', 'thaw b']);
      expect(errors()).toEqual([expect.stringContaining('the volumes of the pod are not saved')]);
      expect(hooks.counts).toEqual({ attempted: 3, failed: 1 });
    },
  );

  it('say that a program goes on after its time limit', async () => {
    const { hooks, errors } = rig([podOf('a')], { freeze: () => timesOut });
    await hooks.around(keys('a'), async () => {});
    expect(errors()[0]).toContain('did not end within 30s; the program keeps running');
  });

  it('go on after a pre hook that may fail, and tell of it', async () => {
    const { hooks, sent, errors } = rig(
      [podOf('a', { pre: [hook('freeze', { onError: 'Continue' }), hook('later')] })],
      {
        freeze: () => exits(1),
      },
    );
    const refused = await hooks.around(keys('a'), async (pods) => pods.size);
    expect(refused).toBe(0);
    expect(sent).toEqual(['freeze a', 'later a', 'thaw a']);
    expect(errors()).toEqual([expect.not.stringContaining('not saved')]);
  });

  it('run post when the work fails, and hand its failure on', async () => {
    const { hooks, sent, debts } = rig([podOf('a')]);
    await expect(
      hooks.around(keys('a'), async () => {
        throw new Error('disk full');
      }),
    ).rejects.toThrow('disk full');
    expect(sent).toEqual(['freeze a', 'thaw a']);
    expect(await debts()).toEqual([]);
  });

  it('send nothing more once the lease is lost, and leave the debt to the next attempt, which pays it once', async () => {
    const rigged = rig([podOf('a')]);
    const { hooks, sent, debts, store, job } = rigged;
    await expect(hooks.around(keys('a'), async () => rigged.abort())).rejects.toMatchObject({
      kind: 'lost-lease',
    });
    expect(sent).toEqual(['freeze a']);
    expect(await debts()).toEqual(['hooks/1-1.json']);
    const later = { ...job, signal: new AbortController().signal };
    await payDebts(store, later);
    await payDebts(store, later);
    expect(sent).toEqual(['freeze a', 'thaw a']);
    expect(await debts()).toEqual([]);
  });

  it('are owed to no pod that was replaced since', async () => {
    const rigged = rig([podOf('a', { uid: 'new' })]);
    const before = new BackupHooks(rigged.job, [podOf('a', { uid: 'old' })]);
    await expect(before.around(keys('a'), async () => rigged.abort())).rejects.toThrow();
    await payDebts(rigged.store, { ...rigged.job, signal: new AbortController().signal });
    expect(rigged.sent).toEqual(['freeze a']);
    expect(await rigged.debts()).toEqual([]);
  });

  it('are tried again where the server does not answer: post hooks longer, and once more at the end', async () => {
    let tries = 0;
    const away = (): CommandEnd => {
      throw new CommandError({ namespace: 'shop', pod: 'a', container: 'db' }, 'unavailable', 'no route');
    };
    const { hooks, debts, errors } = rig([podOf('a')], {
      freeze: () => (++tries === 3 ? exits(0) : away()),
      thaw: () => (++tries > 8 ? exits(0) : away()),
    });
    await hooks.around(keys('a'), async (refused) => expect(refused.size).toBe(0));
    expect(errors()).toEqual([expect.stringContaining('no route')]);
    expect(await debts()).toEqual(['hooks/1-1.json']);
    await hooks.settle();
    expect(await debts()).toEqual([]);
    expect(tries).toBe(9);
  });

  it('are never sent twice where one may have run, but for owed ones', async () => {
    const broken = (): CommandEnd => {
      throw new CommandError({ namespace: 'shop', pod: 'a', container: 'db' }, 'broken', 'broke off');
    };
    let thaws = 0;
    const { hooks, sent } = rig([podOf('a')], {
      freeze: broken,
      thaw: () => (++thaws === 1 ? broken() : exits(0)),
    });
    await hooks.around(keys('a'), async () => {});
    expect(sent).toEqual(['freeze a', 'thaw a', 'thaw a']);
  });

  it('tell the end of the output of those that fail, with the values of Secrets masked', async () => {
    const { hooks, lines, errors } = rig([podOf('a')], {
      freeze: () => exits(2, 'connecting\nlogin with hunter2-hunter2 refused\n'),
      thaw: () => exits(0, 'quiet'),
    });
    await hooks.around(keys('a'), async () => {});
    expect(errors()[0]).toContain('exit code 2; last line of its output: login with *** refused');
    expect(lines.join('\n')).toContain('output: connecting');
    expect(lines.join('\n')).not.toMatch(/hunter2|quiet/);
  });

  it('tell the output of all with hookOutput: log', async () => {
    const { job, lines } = rig([]);
    const pod = podOf('a');
    const { cluster } = scripted(
      () => answer(200, { kind: 'SecretList', apiVersion: 'v1', metadata: {}, items: [] }),
      async () => exits(0, 'frozen'),
    );
    await new BackupHooks({ ...job, cluster, output: 'log' }, [pod]).around(keys('a'), async () => {});
    expect(lines.filter((line) => line.endsWith('output: frozen'))).toHaveLength(2);
  });

  it('show no output where the Secrets of the namespace cannot be read', async () => {
    const rigged = rig([podOf('a')], { freeze: () => exits(2, 'login with hunter2-hunter2 refused') });
    rigged.hideSecrets();
    await rigged.hooks.around(keys('a'), async () => {});
    expect(rigged.errors()[0]).toContain('its output is not shown, because the Secrets');
    expect(rigged.lines.join()).not.toContain('login');
  });
});
