import { resultInVault } from '../../shared/operations/backup/run-result';
import { LifeboatError } from '../../shared/platform/errors';
import { parseGoDuration } from '../../shared/formats/manifests/go-duration';
import type { BackupRequest, RunResult } from '../../shared/formats/manifests/run';
import { runContext } from '../../shared/app/installation';
import { carryOutRun } from '../../shared/operations/runs/carry-out-run';
import { committedFacts } from '../../shared/formats/vault/commit/committed-facts';
import { backupRequest } from '../../shared/formats/state/run/requests';
import { type RunId, runStore } from '../../shared/formats/state/run-keys';
import type { Lease } from '../../shared/formats/state/leases/lease-types';
import { isBeingDeleted } from '../../shared/formats/state/deletions';
import { isCommitted, replayCommit } from '../../shared/formats/vault/commit/replay-commit';
import { writeBackup } from '../shared/operations/retention/committed-backup';
import { Actor, type Mishap, actAs } from './actor';
import type { Content } from './chronicle';
import type { World } from './world';

const minute = 60_000;
const hour = 60 * minute;

/** What became of the attempts, for the table. */
export interface WorkerCounts {
  attempts: number;
  died: number;
  frozen: number;
}

/** Lets the workers of the world carry out what is started: real attempts under real leases, some of which go wrong. */
export function employWorkers(world: World): WorkerCounts {
  const counts: WorkerCounts = { attempts: 0, died: 0, frozen: 0 };
  const { clock, chance, chronicle } = world;
  /** Backups of which every attempt dies, until they are given up. */
  const doomed = new Set<string>();

  world.startWorker = (run) => {
    counts.attempts += 1;
    if (world.chaos && counts.attempts % 400 === 399) doomed.add(run.name);
    const mishap = mishapOf(run.name);
    if (mishap) counts[mishap.standsStill === undefined ? 'died' : 'frozen'] += 1;
    const worker = new Actor(`worker ${counts.attempts}`, clock, mishap);
    const work = run.kind === 'backups' ? carryOutBackup : carryOutRestore;
    // What it throws the tick makes good: that is what is shown here.
    void actAs(worker, () => work(worker, run)).catch(() => {});
  };
  return counts;

  function mishapOf(name: string): Mishap | undefined {
    if (doomed.has(name)) return { atRequest: chance.between(3, 14) };
    if (!world.chaos || !chance.of(0.08)) return undefined;
    const atRequest = chance.between(2, 40);
    return chance.of(0.6) ? { atRequest } : { atRequest, standsStill: chance.between(1, 20) * minute };
  }

  async function carryOutRestore(worker: Actor, run: RunId): Promise<void> {
    const installation = world.open(worker.name);
    await carryOutRun(runContext(installation), run, async (lease) => {
      const left = Math.max(world.lastEnd - clock.now().getTime(), hour);
      await clock.sleep(Math.min(chance.between(1, 30) * hour, left), lease.signal);
      return resultOf('Completed', 0);
    });
  }

  async function carryOutBackup(worker: Actor, run: RunId): Promise<void> {
    const installation = world.open(worker.name);
    const request = await backupRequest(installation.state.store, run.name);
    await carryOutRun(runContext(installation), run, (lease) => attempt(worker, request, lease));
  }

  async function attempt(worker: Actor, request: BackupRequest, lease: Lease): Promise<RunResult> {
    const { state, openVault } = world.open(worker.name);
    const { name } = request.metadata;
    const vault = await openVault(request.vault);
    const run = runStore(state.store, { kind: 'backups', name });
    if (await isCommitted(run)) {
      const placed = await replayCommit({
        vault,
        run,
        name,
        isDeleted: () => isBeingDeleted(state.store, { vault: request.vault, backup: name }),
      });
      const committed = committedFacts(placed, request);
      return { ...(await resultInVault(vault, name, lease.attempt)), committed };
    }
    const slow = request.schedule?.name === 'slow';
    await clock.sleep(slow ? chance.between(1, 50) * minute : chance.between(5, 300) * 1_000, lease.signal);
    if (world.chaos && chance.of(0.02))
      throw new LifeboatError('unavailable', 'the API server does not answer');
    if (world.chaos && chance.of(0.02)) throw new LifeboatError('denied', 'the credentials were refused');
    const content = contentOf(request);
    chronicle.attempts.set(worker, content);
    const { schedule = 'none', cluster, clusterUid, phase, items } = content;
    const committed = await writeBackup(
      { vault, state: state.store },
      name,
      {
        schedule,
        cluster,
        clusterUid,
        phase,
        items,
        ttl: request.spec.ttl,
        machineTime: clock.now(),
        archiveSize: 64,
      },
      lease,
    );
    return { ...(await resultInVault(vault, name, lease.attempt)), committed };
  }

  function contentOf({ schedule, cluster, spec }: BackupRequest): Content {
    const emptied = schedule?.name === 'emptied' && chance.of(0.15);
    return {
      ...(schedule && { schedule: schedule.name }),
      cluster,
      clusterUid: world.uids.get(cluster)!,
      phase: world.chaos && chance.of(0.08) ? 'PartiallyFailed' : 'Completed',
      items: emptied ? chance.pick([0, 7, 30]) : chance.between(90, 110),
      ttl: parseGoDuration(spec.ttl ?? '720h'),
    };
  }
}

function resultOf(phase: RunResult['phase'], items: number): RunResult {
  const at = new Date(0).toISOString();
  return {
    kind: 'RunResult',
    phase,
    startTimestamp: at,
    completionTimestamp: at,
    errors: 0,
    warnings: 0,
    counts: { items },
    attempts: 1,
  };
}
