import type { MemoryBucket } from './memory-bucket';
import { MemoryStore } from './memory-store';

/** What happens next: a process sends the request that it waits with. It may die before the request arrives, or before its answer does. */
interface Step {
  process: number;
  dies?: 'before' | 'after';
}

/** Picks the next step. @param waiting the processes that have a request to send, lowest first */
export type Choose = (waiting: readonly number[]) => Step;

/**
 * Runs processes side by side, one request at a time, in the order that `choose` picks. Resolves when each has ended or died.
 * A process is given a store of its own on the bucket; `step` counts the requests that were sent so far.
 */
export async function interleave(
  bucket: MemoryBucket,
  processes: readonly ((store: MemoryStore, step: () => number) => Promise<void>)[],
  choose: Choose,
): Promise<void> {
  const waiting: { process: number; send(dies: Step['dies']): void }[] = [];
  let sent = 0;
  for (const [process, run] of processes.entries()) {
    let dead = false;
    const forever = new Promise<void>(() => {});
    const store = new MemoryStore(bucket, '', {
      before: () =>
        new Promise<void>((resolve) => {
          waiting.push({
            process,
            send(dies) {
              dead = dies !== undefined;
              if (dies !== 'before') resolve();
            },
          });
        }),
      after: () => (dead ? forever : undefined),
    });
    void run(store, () => sent);
  }
  for (;;) {
    // All that does not wait for a request has come to its next one by then.
    await new Promise((resolve) => setImmediate(resolve));
    const free = [...new Set(waiting.map(({ process }) => process))].sort((a, b) => a - b);
    if (free.length === 0) return;
    const { process, dies } = choose(free);
    const index = waiting.findIndex((each) => each.process === process);
    const [request] = waiting.splice(index, 1);
    sent += 1;
    request!.send(dies);
    if (dies === undefined) continue;
    for (let other = waiting.length - 1; other >= 0; other -= 1)
      if (waiting[other]!.process === process) waiting.splice(other, 1);
  }
}

/** Every order in which processes can send their requests: calls `run` with one after another until all were had. */
export async function everyOrder(run: (choose: Choose) => Promise<unknown>): Promise<void> {
  let path: number[] = [];
  for (;;) {
    const choices: number[] = [];
    let depth = 0;
    await run((waiting) => {
      const at = path[depth] ?? 0;
      path[depth] = at;
      choices[depth] = waiting.length;
      depth += 1;
      return { process: waiting[at]! };
    });
    path = path.slice(0, depth);
    while (path.length > 0 && path.at(-1)! + 1 >= choices[path.length - 1]!) path.pop();
    if (path.length === 0) return;
    path[path.length - 1]! += 1;
  }
}
