import pLimit from 'p-limit';
import { noteDebt, removeDebt } from '../../formats/state/run/hook-debts';
import { noteTouch } from '../../formats/state/run/touches';
import type { Clock } from '../../platform/clock';
import { counted } from '../../platform/counted';
import type { Log } from '../../platform/log/log';
import type { ObjectStore } from '../../platform/oss/port';
import { debtOf, payDebts } from './hook-debts';
import { type PodHooks, podKey } from './pod-hooks';
import { reportOutcomes, type ToldOutcome } from './report-outcomes';
import { type HookCluster, type HookRunner, runHook } from './run-hook';

export interface BackupHooksJob {
  cluster: HookCluster;
  /** Bound to the run's folder. */
  run: ObjectStore;
  /** Number of the attempt: no two have one. */
  attempt: number;
  clock: Clock;
  /** Of the lease. Once it aborts nothing more is sent: whoever has the run next pays what is owed. */
  signal: AbortSignal;
  log: Log;
  /** `hookOutput` of the spec. */
  output?: 'log';
  progress?(done: number, total: number): void;
}

/** Hooks that run at once. */
const hooksAtOnce = 16;

/** Runs the hooks of the pods of a backup, block by block, and keeps account of them. */
export class BackupHooks {
  readonly #job: BackupHooksJob;
  readonly #runner: HookRunner;
  readonly #hooks: ReadonlyMap<string, PodHooks>;
  readonly #limit = pLimit(hooksAtOnce);
  readonly #total: number;
  #blocks = 0;
  #attempted = 0;
  #failed = 0;

  /** @param pods those that have hooks; what is wrong with how these are written is told at once */
  constructor(job: BackupHooksJob, pods: readonly PodHooks[]) {
    this.#job = job;
    this.#runner = job;
    this.#hooks = new Map(pods.map((pod) => [podKey(pod), pod]));
    this.#total = pods.reduce((sum, { pre, post }) => sum + pre.length + post.length, 0);
    for (const { namespace, pod, problems } of pods) {
      for (const problem of problems) job.log.warn(problem, { resource: 'pods', namespace, name: pod });
    }
  }

  /** The pods that have hooks to run. */
  get pods(): string[] {
    return [...this.#hooks].filter(([, { pre, post }]) => pre.length + post.length > 0).map(([key]) => key);
  }

  /** For `status.hookStatus`. */
  get counts(): { attempted: number; failed: number } {
    return { attempted: this.#attempted, failed: this.#failed };
  }

  /**
   * Runs the pre hooks of some pods, then `work`, then their post hooks, which run whatever became of the others and of the work.
   * Pods are side by side, the hooks of a pod one after the other. That post hooks are owed is on record in the run before
   * anything is sent, and stays there where this worker may send nothing more. Throws what `work` throws, and the signal's
   * reason.
   * @param keys of the pods of a block; those without hooks do no harm
   * @param work is told which pods must not be saved, since a pre hook of theirs failed whose on-error is Fail
   */
  async around<T>(keys: readonly string[], work: (refused: ReadonlySet<string>) => Promise<T>): Promise<T> {
    const pods = keys.flatMap((key) => this.#hooks.get(key) ?? []);
    if (pods.every(({ pre, post }) => pre.length + post.length === 0)) return work(new Set());
    const block = await this.#noteDebt(pods);
    const outcomes: ToldOutcome[] = [];
    try {
      const refused = await this.#runPre(pods, outcomes);
      return await work(refused);
    } finally {
      await this.#runPost(pods, outcomes);
      if (block !== undefined && !outcomes.some(({ isAway }) => isAway))
        await removeDebt(this.#job.run, block);
      await reportOutcomes(outcomes, { ...this.#job, allOutput: this.#job.output === 'log' });
    }
  }

  /**
   * Tries once more what is owed to pods whose node or API server did not answer; before the backup is committed. Throws
   * where the API server does not answer.
   */
  async settle(): Promise<void> {
    const { run, cluster, clock, signal, log } = this.#job;
    await payDebts(run, { cluster, clock, signal, log });
  }

  async #noteDebt(pods: readonly PodHooks[]): Promise<string | undefined> {
    const { run, attempt } = this.#job;
    const debt = debtOf(pods);
    if (debt.pods.length === 0) return undefined;
    this.#blocks += 1;
    const block = `${attempt}-${this.#blocks}`;
    await noteTouch(run);
    await noteDebt(run, block, debt);
    return block;
  }

  async #runPre(pods: readonly PodHooks[], outcomes: ToldOutcome[]): Promise<Set<string>> {
    const refused = new Set<string>();
    await allEnded(
      pods.map(async (pod) => {
        for (const hook of pod.pre) {
          const outcome = await this.#limit(() => runHook(this.#runner, pod, hook, false));
          const isRefusal = outcome.failure !== undefined && hook.onError === 'Fail';
          this.#count(outcome);
          outcomes.push({
            ...outcome,
            ...(isRefusal && { consequence: 'the volumes of the pod are not saved' }),
          });
          if (!isRefusal) continue;
          refused.add(podKey(pod));
          return;
        }
      }),
    );
    return refused;
  }

  /** False where a node or the API server did not answer, so that something is still owed. */
  async #runPost(pods: readonly PodHooks[], outcomes: ToldOutcome[]): Promise<boolean> {
    let areAllReached = true;
    await allEnded(
      pods.map(async (pod) => {
        for (const hook of pod.post) {
          const outcome = await this.#limit(() => runHook(this.#runner, pod, hook, true));
          if (outcome.isAway) areAllReached = false;
          this.#count(outcome);
          outcomes.push(outcome);
        }
      }),
    );
    return areAllReached;
  }

  #count({ failure }: ToldOutcome): void {
    this.#attempted += 1;
    if (failure !== undefined) this.#failed += 1;
    this.#job.progress?.(this.#attempted, this.#total);
  }
}

/** Waits for all, also where one fails: no hook of a later phase runs beside one of an earlier. Throws the first failure. */
async function allEnded(works: readonly Promise<void>[]): Promise<void> {
  const ends = await Promise.allSettled(works);
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Says which hooks of a spec no pod was found for. */
export function reportUnmatched(names: readonly string[], log: Log): void {
  if (names.length === 0) return;
  log.warn(
    `no pod of the backup is selected by ${counted(names.length, 'hook')} of its spec: ${names.join(', ')}`,
  );
}
