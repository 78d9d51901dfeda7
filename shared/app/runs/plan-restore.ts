import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atOnce } from '../../platform/at-once';
import { instant } from '../../formats/manifests/instant';
import { parseRestoreRequest } from '../../formats/manifests/request';
import type { RestoreRequest } from '../../formats/manifests/run';
import { plannedObject, type PlannedObject } from '../../operations/restore/plan/planned-object';
import { PlanSpool } from '../../operations/restore/plan/plan-spool';
import type { PlanHead, RestorePlan } from '../../operations/restore/plan/restore-plan';
import { rehearse } from '../../operations/restore/rehearsal/rehearse';
import type { Lease } from '../../formats/state/leases/lease-types';
import type { ReportProgress } from '../../formats/state/run/progress-port';
import { runStore } from '../../formats/state/run-keys';
import { runLabel } from '../../operations/volumes/run-label';
import { backupOfRestore, provedBackup, recordedSnapshots } from '../backups/proved-backup';
import { diffKey } from '../secrets/diff-key';
import type { Installation } from '../installation';

/**
 * What a restore would do, found by rehearsing it: neither the cluster, the vault nor the state is written to. Needs what a
 * worker needs, the key of the cluster's kubeconfig included. Throws as a restore fails: `not-found`, `corrupt`, `denied`.
 * @param take gets the plan, its objects in the order of a restore and from disk, once
 */
export async function makePlan<T>(
  installation: Installation,
  request: RestoreRequest,
  { lease, progress }: { lease: Lease; progress: ReportProgress },
  take: (head: PlanHead, objects: AsyncIterable<PlannedObject>) => Promise<T>,
): Promise<T> {
  const { clock, random, state } = installation;
  const { name } = request.metadata;
  const [proved, clusterManifest] = await atOnce(
    provedBackup(installation, backupOfRestore(request)),
    state.clusters.get(request.cluster),
  );
  const { origin } = proved;
  const cluster = await installation.openCluster(clusterManifest);
  const temporaryDirectory = await mkdtemp(join(tmpdir(), 'lifeboat-plan-'));
  const spool = new PlanSpool(temporaryDirectory);
  const counts: PlanHead['counts'] = {};
  try {
    const { problems, results } = await rehearse(
      {
        request: { ...request, metadata: { ...request.metadata, name: nameOfNoRestore(name) } },
        cluster,
        vault: proved.vault,
        origin,
        recordedSnapshots: recordedSnapshots(installation, request, proved),
        run: runStore(state.store, { kind: 'plans', name }),
        runLabel: runLabel(installation.id, { kind: 'plans', name }),
        lease,
        clock,
        random,
        progress,
        temporaryDirectory,
      },
      {
        hashKey: diffKey(installation),
        heard(one) {
          const object = plannedObject(one);
          counts[object.action] = (counts[object.action] ?? 0) + 1;
          spool.add(object);
        },
      },
    );
    const head: PlanHead = {
      kind: 'RestorePlan',
      version: 1,
      madeAt: instant(clock.now()),
      request,
      origin,
      counts,
      problems,
      results,
    };
    return await take(head, spool.inOrder());
  } finally {
    cluster.close();
    await rm(temporaryDirectory, { recursive: true, force: true });
  }
}

/** As `makePlan`, here and in memory. */
export async function planRestore(
  installation: Installation,
  value: unknown,
  { progress, signal }: { progress: ReportProgress; signal: AbortSignal },
): Promise<RestorePlan> {
  const work = { progress, lease: nobodysLease(signal) };
  return makePlan(installation, parseRestoreRequest(value), work, async (head, inOrder) => {
    const objects: PlannedObject[] = [];
    for await (const one of inOrder) objects.push(one);
    return { head, objects };
  });
}

/** A restore takes what carries its label for its own work, and a plan must not: no restore's name holds this character. */
function nameOfNoRestore(name: string): string {
  return `plan_${name}`;
}

/** What is written to nothing needs no lease. */
function nobodysLease(signal: AbortSignal): Lease {
  return {
    attempt: 1,
    signal,
    renew: async () => signal.throwIfAborted(),
    ensure: async () => signal.throwIfAborted(),
    release: () => {},
  };
}
