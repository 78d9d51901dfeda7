import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An empty OSS server in a process of its own. */
export interface BenchOss {
  endpoint: string;
  /** Sets how many milliseconds its clock is ahead; returns the number of calls so far. */
  setAhead(ms: number): Promise<number>;
  stop(): Promise<void>;
}

export async function startOss(): Promise<BenchOss> {
  const folder = await mkdtemp(join(tmpdir(), 'lifeboat-bench-'));
  const child = fork(join(__dirname, 'oss-process.js'), [folder], { execArgv: [] });
  const [endpoint] = (await once(child, 'message')) as [string];
  return {
    endpoint,
    async setAhead(ms) {
      const answer = once(child, 'message');
      child.send(ms);
      return ((await answer) as [number])[0];
    },
    async stop() {
      child.disconnect();
      await once(child, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
