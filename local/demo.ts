import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { messageOf } from '../shared/platform/errors';
import { type DemoCluster, startDemoCluster } from './demo/demo-cluster';
import { runDemo } from './demo/run-demo';
import { Stage } from './demo/stage';
import { type OneMachine, startOneMachine } from './one-machine';

/** The demo: everything on this machine, in a temporary folder that is removed at the end. */
async function main(): Promise<void> {
  const stage = new Stage(process.stdout);
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-demo-'));
  let machine: OneMachine | undefined;
  let clusters: DemoCluster[] = [];
  try {
    [machine, clusters] = await stage.step(
      'Start',
      () =>
        Promise.all([
          startOneMachine({ directory, dist: join(__dirname, '..') }),
          Promise.all(['a', 'b'].map((name) => startDemoCluster(name))),
        ]),
      ([started, [a]]) => `OSS at ${started.oss.endpoint}, seven functions, clusters a and b (${a?.kind})`,
    );
    const [a, b] = clusters as [DemoCluster, DemoCluster];
    const proved = await runDemo({ stage, machine, a, b });
    stage.line(pc.dim(`\nAll of it took ${stage.elapsed()}. To play with the same system: npm start`));
    process.exitCode = proved ? 0 : 1;
  } catch (error) {
    stage.line(`\n${pc.red('The demo failed:')} ${messageOf(error)}`);
    process.exitCode = 1;
  } finally {
    await machine?.close();
    for (const cluster of clusters) await cluster.close();
    await rm(directory, { recursive: true, force: true });
  }
}

void main();
