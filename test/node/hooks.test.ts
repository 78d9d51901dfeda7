import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lastLines } from '../../shared/platform/kubernetes/output-tail';
import type { Log } from '../../shared/platform/log/log';
import { systemClock, systemRandom } from '../../shared/platform/system';
import { connect } from '../../shared/platform/kubernetes/connection';
import { type SanitisedKubeconfig, sanitiseKubeconfig } from '../../shared/platform/kubernetes/kubeconfig';
import { rbacManifests, type ScopeAddition } from '../../shared/operations/rights/rbac-manifests';
import { BackupHooks } from '../../shared/operations/hooks/backup-hooks';
import { payDebts } from '../../shared/operations/hooks/hook-debts';
import type { ExecHook } from '../../shared/operations/hooks/pod-hooks';
import { HookResolver } from '../../shared/operations/hooks/resolve-hooks';
import { MemoryStore } from '../harness/memory-store';
import { describeWithNode } from '../harness/describe-with-node';
import { create, idle, isRunning, makeNamespace, read, remove, until } from './pods-that-run';

describeWithNode('commands and hooks on a node', (node) => {
  let namespace: string;

  beforeAll(async () => {
    const { cluster } = node();
    namespace = await makeNamespace(cluster, 'hooks');
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    await create(cluster, pods, {
      metadata: { name: 'db' },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [idle('main'), { ...idle('dead'), command: ['sh', '-c', 'exit 3'] }],
      },
    });
    await create(cluster, pods, {
      metadata: { name: 'pending' },
      spec: { nodeSelector: { no: 'where' }, containers: [idle('main')] },
    });
    await until('the pod runs', () => isRunning(cluster, namespace, 'db'));
  }, 90_000);

  afterAll(async () => {
    await remove(node().cluster, `/api/v1/namespaces/${namespace}`);
  });

  const run = (command: string[], more: { pod?: string; container?: string; timeout?: number } = {}) =>
    node().cluster.exec({ namespace, pod: 'db', container: 'main', timeout: 20_000, command, ...more });

  it('tells the exit code and the last lines of a command', async () => {
    const end = await run(['sh', '-c', 'echo "it is $0" && echo problem >&2; exit 7', 'a b']);
    expect(end).toMatchObject({ outcome: 'exited', exitCode: 7 });
    expect(lastLines(end.output.text()).sort()).toEqual(['it is a b', 'problem']);
    expect(await run(['true'])).toMatchObject({ outcome: 'exited', exitCode: 0 });
  });

  it('says why a command did not run', async () => {
    const failures = [
      run(['/no/such/program']),
      run(['true'], { container: 'nope' }),
      run(['true'], { container: 'dead' }),
      run(['true'], { pod: 'gone' }),
      run(['true'], { pod: 'pending' }),
    ].map((running) => running.catch((error) => error.failure));
    expect(await Promise.all(failures)).toEqual([
      'not-started',
      'no-container',
      'not-running',
      'no-pod',
      'not-running',
    ]);
  });

  it('ends after its time limit, while the program goes on', async () => {
    const end = await run(['sh', '-c', 'echo begun; sleep 2; touch /tmp/done'], { timeout: 1_000 });
    expect(end.outcome).toBe('timed-out');
    expect(lastLines(end.output.text())).toEqual(['begun']);
    await until('the program ends', async () => {
      const found = await run(['test', '-e', '/tmp/done']);
      return found.outcome === 'exited' && found.exitCode === 0;
    });
  });

  describe('around the saving of volumes', () => {
    const hook = (script: string, more: Partial<ExecHook> = {}): ExecHook => ({
      container: 'main',
      command: ['sh', '-c', script],
      timeout: 20_000,
      onError: 'Fail',
      origin: `hook ${script.slice(0, 20)}`,
      ...more,
    });

    /** A new file in the pod that is written to: what ran, in its order. */
    async function block(pre: ExecHook[], post: ExecHook[]) {
      const store = new MemoryStore();
      const lines: string[] = [];
      const write = (level: string) => (message: string) => lines.push(`${level}: ${message}`);
      const log: Log = {
        debug: write('debug'),
        info: write('info'),
        warn: write('warn'),
        error: write('error'),
      };
      const uid = (await read(node().cluster, `/api/v1/namespaces/${namespace}/pods/db`)).metadata.uid ?? '';
      const aborting = new AbortController();
      const job = {
        cluster: node().cluster,
        run: store,
        attempt: 1,
        clock: systemClock,
        signal: aborting.signal,
        log,
      };
      const pods = [{ namespace, pod: 'db', uid, pre, post, problems: [] }];
      return {
        job,
        lines,
        hooks: new BackupHooks(job, pods),
        kill: () => aborting.abort(new Error('killed')),
      };
    }

    const said = async (file: string) =>
      lastLines((await run(['sh', '-c', `cat /tmp/${file} 2>/dev/null`])).output.text());
    const key = () => [`${namespace}/db`];

    it('takes commands of annotations in JSON and as one program', async () => {
      const resolver = new HookResolver(undefined);
      const pod = await read(node().cluster, `/api/v1/namespaces/${namespace}/pods/db`);
      const found = resolver.of({
        ...pod,
        metadata: {
          ...pod.metadata,
          annotations: {
            'pre.hook.backup.velero.io/command': '["sh", "-c", "echo json > /tmp/forms"]',
            'post.hook.backup.velero.io/command': 'hostname',
          },
        },
      });
      const { hooks, lines } = await block([...found!.pre], [...found!.post]);
      expect(await hooks.around(key(), async (refused) => refused.size)).toBe(0);
      expect(lines.filter((line) => line.startsWith('error'))).toEqual([]);
      expect(await said('forms')).toEqual(['json']);
    });

    it.each<[string, Partial<ExecHook>, string, boolean]>([
      ['fails (on-error Fail)', {}, 'echo gone; exit 3', true],
      ['fails (on-error Continue)', { onError: 'Continue' }, 'exit 3', false],
      ['takes too long', { timeout: 700 }, 'sleep 30', true],
      ['names an unknown container', { container: 'nope' }, 'true', true],
      ['names no program of the image', { command: ['/no/such'] }, 'true', true],
    ])('runs post after a pre hook that %s', async (name, more, script, isRefused) => {
      const file = `post-${name.replace(/\W/g, '')}`;
      const { hooks, lines } = await block([hook(script, more)], [hook(`echo ran > /tmp/${file}`)]);
      const refused = await hooks.around(key(), async (pods) => [...pods]);
      expect(refused).toEqual(isRefused ? key() : []);
      expect(lines.filter((line) => line.startsWith('error'))).toHaveLength(1);
      expect(hooks.counts).toEqual({ attempted: 2, failed: 1 });
      expect(await said(file)).toEqual(['ran']);
    });

    it('runs post in the next attempt after a worker that died between pre and post', async () => {
      const { hooks, job, kill } = await block(
        [hook('echo frozen > /tmp/state')],
        [hook('echo running > /tmp/state')],
      );
      const dying = hooks.around(key(), async () => {
        expect(await said('state')).toEqual(['frozen']);
        kill();
      });
      await expect(dying).rejects.toThrow('killed');
      expect(await said('state')).toEqual(['frozen']);
      await payDebts(job.run, { ...job, signal: new AbortController().signal });
      expect(await said('state')).toEqual(['running']);
    });
  });

  it.each<[ScopeAddition[], string]>([
    [['hooks'], 'exited'],
    [[], 'denied'],
  ])('an account of scope read-only with %j added: %s', async (additions, expected) => {
    const { cluster } = node();
    const account = `${namespace}-${additions.join('') || 'none'}`;
    const wanted = {
      scope: 'read-only',
      additions,
      namespaces: [namespace],
      rbac: false,
      account,
      home: namespace,
    } as const;
    const manifests = rbacManifests(wanted).filter(({ kind }) => kind !== 'Namespace' && kind !== 'Secret');
    const made: string[] = [];
    try {
      for (const manifest of manifests) {
        const path = collectionOf(manifest);
        await create(cluster, path, manifest);
        made.push(`${path}/${account}`);
      }
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
      const { status } = await create(cluster, path, { spec: {} });
      const own = await connect('own', withToken(node().kubeconfig, String(status?.token)), deps, options);
      const command = { namespace, pod: 'db', container: 'main', command: ['true'], timeout: 20_000 };
      const end = await own.exec(command).then(
        ({ outcome }) => outcome,
        (error) => error.failure,
      );
      own.close();
      expect(end).toBe(expected);
    } finally {
      for (const path of made) await remove(cluster, path);
    }
  });
});

const deps = { clock: systemClock, random: systemRandom };
const options = { allowLoopback: true };

function withToken(kubeconfig: string, token: string): SanitisedKubeconfig {
  const { server, caData } = sanitiseKubeconfig(kubeconfig, options);
  return { server, caData, token };
}

function collectionOf({ kind, metadata }: { kind: string; metadata: { namespace?: string } }): string {
  const root = kind === 'ServiceAccount' ? '/api/v1' : '/apis/rbac.authorization.k8s.io/v1';
  const scope = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  return `${root}${scope}/${kind.toLowerCase()}s`;
}
