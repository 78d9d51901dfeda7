import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instant } from '../../manifests/instant';
import { parseRestoreRequest } from '../../manifests/request';
import { restoreOrder } from '../../restore/plan/order';
import { type PlannedObject, plannedObject } from '../../restore/plan/planned-object';
import type { PlanHead, RestorePlan } from '../../restore/plan/restore-plan';
import { rehearse } from '../../restore/rehearsal/rehearse';
import type { Lease } from '../../state/leases/lease-types';
import type { ReportProgress } from '../../state/run/progress-port';
import { runStore } from '../../state/run/run-keys';
import { diffKey } from '../secrets/diff-key';
import type { Installation } from '../installation';

/**
 * What a restore would do, found by rehearsing it: neither the cluster, the vault nor the state is written to. Needs what a
 * worker needs, the key of the cluster's kubeconfig included. Throws as a restore fails: `not-found`, `corrupt`, `denied`.
 */
export async function planRestore(
  installation: Installation,
  value: unknown,
  { progress, signal }: { progress: ReportProgress; signal: AbortSignal },
): Promise<RestorePlan> {
  const { clock, random, state } = installation;
  const request = parseRestoreRequest(value);
  const vault = await installation.openVault(request.vault);
  const cluster = await installation.openCluster(request.cluster);
  const temporaryDirectory = await mkdtemp(join(tmpdir(), 'lifeboat-plan-'));
  const objects: PlannedObject[] = [];
  try {
    const { problems, results } = await rehearse(
      {
        request,
        cluster,
        vault,
        run: runStore(state.store, { kind: 'restores', name: request.metadata.name }),
        lease: nobodysLease(signal),
        clock,
        random,
        progress,
        temporaryDirectory,
      },
      { hashKey: diffKey(installation), heard: (one) => objects.push(plannedObject(one)) },
    );
    const counts: PlanHead['counts'] = {};
    for (const { action } of objects) counts[action] = (counts[action] ?? 0) + 1;
    const head: PlanHead = {
      kind: 'RestorePlan',
      version: 1,
      madeAt: instant(clock.now()),
      request,
      counts,
      problems,
      results,
    };
    return { head, objects: inOrder(objects) };
  } finally {
    cluster.close();
    await rm(temporaryDirectory, { recursive: true, force: true });
  }
}

/** What is written to nothing needs no lease. */
function nobodysLease(signal: AbortSignal): Lease {
  return { attempt: 1, signal, renew: async () => signal.throwIfAborted(), release: () => {} };
}

/** By resource in the order of a restore, then by namespace and name. */
function inOrder(objects: PlannedObject[]): PlannedObject[] {
  const resources = restoreOrder(objects.map(({ groupResource }) => groupResource)).flat();
  const places = new Map(resources.map((resource, index) => [resource, index]));
  const compare = (left: string, right: string) => (left < right ? -1 : left > right ? 1 : 0);
  return objects.sort(
    (left, right) =>
      places.get(left.groupResource)! - places.get(right.groupResource)! ||
      compare(left.namespace ?? '', right.namespace ?? '') ||
      compare(left.name, right.name),
  );
}
