import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWithNode } from '../harness/describe-with-node';
import { create, idle, isRunning, makeNamespace, remove, until } from './pods-that-run';

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
    expect((await end.output.lastLines()).sort()).toEqual(['it is a b', 'problem']);
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
    expect(await end.output.lastLines()).toEqual(['begun']);
    await until('the program ends', async () => {
      const found = await run(['test', '-e', '/tmp/done']);
      return found.outcome === 'exited' && found.exitCode === 0;
    });
  });
});
