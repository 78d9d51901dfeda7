import pLimit from 'p-limit';
import { noteTouch } from '../../formats/state/run/touches';
import { writeOperations } from '../../formats/state/run/operations';
import { messageOf } from '../../platform/errors';
import type { ObjectStore } from '../../platform/oss/port';
import { type Block, blocksOf } from './blocks';
import type { PlannedVolume } from './plan/planned-volume';
import { type TakenSnapshot, type TakingSnapshots, takeSnapshot } from './snapshots/take-snapshot';

/** Runs what is to be run in pods before and after their volumes are saved. */
interface BlockHooks {
  /** Pods that have hooks: `shop/db-0`. */
  readonly pods: readonly string[];
  /**
   * Runs the pre hooks of the pods, then `work`, then the post hooks, whatever became of the others.
   * @param work is told which pods must not be saved, since a pre hook of theirs failed
   */
  around<T>(pods: readonly string[], work: (refused: ReadonlySet<string>) => Promise<T>): Promise<T>;
}

export interface SavingVolumes {
  plan: readonly PlannedVolume[];
  hooks: BlockHooks;
  /** False where the cluster takes no snapshots: none is planned then. */
  taking: TakingSnapshots | false;
  /** Bound to the run's folder. */
  run: ObjectStore;
  progress(done: number, total: number): void;
}

/** What became of the planned volumes. */
export interface SavedVolumes {
  taken: TakenSnapshot[];
  /** Why a volume was not saved that was to be. */
  failed: Map<PlannedVolume, string>;
}

/** Blocks worked on side by side. */
const blocksAtOnce = 4;
/** Snapshots of a block asked for side by side. */
const snapshotsAtOnce = 8;

/**
 * Saves the volumes of a backup, block by block of pods that share volumes: all pre hooks, then all snapshots until they are
 * cut, then all post hooks, so that what is frozen is frozen for seconds. What could not be saved is in the answer with the
 * reason. The handles are on record in the run when this returns.
 */
export async function saveVolumes(job: SavingVolumes): Promise<SavedVolumes> {
  const { plan, hooks, run, taking } = job;
  const toSnapshot = plan.filter(({ method }) => method === 'snapshot');
  const blocks = blocksOf(plan, hooks.pods).filter((block) => isAtWork(block, hooks));
  const saved: SavedVolumes = { taken: [], failed: new Map() };
  if (blocks.length === 0) return saved;
  await noteTouch(run);
  let done = 0;
  const limit = pLimit(blocksAtOnce);
  await Promise.all(
    blocks.map((block) =>
      limit(async () => {
        if (taking) taking.signal.throwIfAborted();
        await hooks.around(block.pods, (refused) => saveBlock(job, block, refused, saved));
        done += block.volumes.filter(({ method }) => method === 'snapshot').length;
        job.progress(done, toSnapshot.length);
      }),
    ),
  );
  if (saved.taken.length > 0) {
    await writeOperations(
      run,
      saved.taken.map(({ operation }) => operation),
    );
  }
  return saved;
}

function isAtWork({ pods, volumes }: Block, hooks: BlockHooks): boolean {
  return volumes.some(({ method }) => method === 'snapshot') || pods.some((pod) => hooks.pods.includes(pod));
}

async function saveBlock(
  { taking }: SavingVolumes,
  { volumes }: Block,
  refused: ReadonlySet<string>,
  { taken, failed }: SavedVolumes,
): Promise<void> {
  const limit = pLimit(snapshotsAtOnce);
  const wanted = volumes.filter(({ method, claim }) => method === 'snapshot' && claim !== undefined);
  await Promise.all(
    wanted.map((volume) =>
      limit(async () => {
        const pod = volume.mounts.find(({ pod }) => refused.has(`${volume.namespace}/${pod}`))?.pod;
        if (pod !== undefined) failed.set(volume, `a pre hook of pod ${pod} failed, and on-error is Fail`);
        else if (!taking) failed.set(volume, 'the cluster serves no VolumeSnapshots');
        else await attempt(taking, volume as PlannedVolume & { claim: string });
      }),
    ),
  );

  async function attempt(job: TakingSnapshots, volume: PlannedVolume & { claim: string }): Promise<void> {
    try {
      taken.push(await takeSnapshot(job, volume));
    } catch (error) {
      job.signal.throwIfAborted();
      failed.set(volume, messageOf(error));
    }
  }
}
