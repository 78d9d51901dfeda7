import { LifeboatError } from '../../platform/errors';
import type { RestoreRequest } from '../../formats/manifests/run';
import { PlanLines, readPlanLines } from '../../operations/restore/plan/plan-lines';
import { readPlan } from '../../operations/restore/plan/restore-plan';
import { findStoredPlan } from '../../operations/restore/plan/stored-plan';
import type { PlannedRestore } from '../../operations/restore/plan/planned-restore';
import { planRequest, runOf } from '../../formats/state/run/requests';
import { runStore } from '../../formats/state/run-keys';
import { findRun } from '../../formats/state/run/runs';
import type { ObjectStore } from '../../platform/oss/port';
import { diffKey } from '../secrets/diff-key';
import type { Installation } from '../installation';

/** Beside the request of a restore by a plan that came as a file: its objects; create-only. */
const key = 'plan.json.gz';

interface Wanted {
  metadata: RestoreRequest['metadata'];
  failOnDrift?: boolean;
}

/**
 * Keeps a plan beside the request that is about to be made of it. Gives the request that names it.
 * @param bytes as `lifeboat restore plan --out` wrote them
 */
export async function keepPlan(
  { state }: Pick<Installation, 'state'>,
  bytes: Buffer,
  { metadata, failOnDrift, what }: Wanted & { what: string },
): Promise<RestoreRequest> {
  const { request, objects } = readPlan(bytes, what);
  const lines = new PlanLines();
  for (const one of objects) lines.add(one);
  const kept = lines.finish();
  const named: RestoreRequest = {
    ...request,
    metadata: { ...request.metadata, ...metadata },
    plan: { sha256: kept.index.sha256, ...(failOnDrift && { failOnDrift }) },
  };
  await runStore(state.store, runOf(named)).create(key, kept.bytes, { exclusive: false });
  return named;
}

/**
 * The request that carries out what a run has planned. Throws LifeboatError `not-found` when nobody asked for that plan, and
 * `conflict` while there is none.
 */
export async function requestOfPlan(
  { state: { store } }: Pick<Installation, 'state'>,
  plan: string,
  { metadata, failOnDrift }: Wanted,
): Promise<RestoreRequest> {
  const { kind: _kind, ...planned } = await planRequest(store, plan);
  const stored = await findStoredPlan(planFolder(store, plan));
  if (!stored) {
    const { phase, result } = (await findRun(store, { kind: 'plans', name: plan }))!;
    throw new LifeboatError('conflict', `plan "${plan}" is not there: ${result?.reason ?? phase}`, {
      hint: result ? 'make a new plan' : 'wait for its end',
    });
  }
  const { sha256 } = stored.objects;
  return {
    ...planned,
    kind: 'RestoreRequest',
    metadata: { ...planned.metadata, ...metadata },
    plan: { run: plan, sha256, ...(failOnDrift && { failOnDrift }) },
  };
}

/** Throws LifeboatError `invalid` for a request that names a plan which nobody kept. */
export async function assertKeptPlan(
  { state: { store } }: Pick<Installation, 'state'>,
  request: RestoreRequest,
): Promise<void> {
  if (!request.plan) return;
  const { run, sha256 } = request.plan;
  const there =
    run === undefined
      ? await runStore(store, runOf(request)).head(key)
      : (await findStoredPlan(planFolder(store, run)))?.objects.sha256 === sha256;
  if (there) return;
  throw new LifeboatError('invalid', `the plan of restore ${request.metadata.name} is not there`, {
    hint: 'ask for it with `lifeboat restore create --plan`',
  });
}

/**
 * The plan that a restore is to keep to; undefined for one without. Throws LifeboatError `not-found` when it is gone; its
 * objects throw `corrupt` when they are not those that were named.
 */
export async function keptPlan(
  installation: Pick<Installation, 'id' | 'settings' | 'state'>,
  request: RestoreRequest,
): Promise<PlannedRestore | undefined> {
  if (!request.plan) return undefined;
  const { run, sha256, failOnDrift = false } = request.plan;
  const what = `the plan of restore ${request.metadata.name}`;
  const { store } = installation.state;
  const [folder, objects] =
    run === undefined ? [runStore(store, runOf(request)), key] : await objectsOfRun(store, run, what);
  return {
    objects: readPlanLines(folder, objects, { sha256, what }),
    hashKey: diffKey(installation),
    failOnDrift,
  };
}

async function objectsOfRun(
  store: ObjectStore,
  plan: string,
  what: string,
): Promise<[ObjectStore, objects: string]> {
  const folder = planFolder(store, plan);
  const stored = await findStoredPlan(folder);
  if (stored) return [folder, stored.objects.key];
  throw new LifeboatError('not-found', `${what} is gone`, { hint: 'make a new plan' });
}

function planFolder(store: ObjectStore, name: string): ObjectStore {
  return runStore(store, { kind: 'plans', name });
}
