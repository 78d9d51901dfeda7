import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { LifeboatError } from '../../errors';
import type { RestoreRequest } from '../../manifests/run';
import { readPlan } from '../../restore/plan/restore-plan';
import type { PlannedRestore } from '../../restore/rehearsal/guarded';
import { runOf } from '../../state/run/requests';
import { runStore } from '../../state/run/run-keys';
import { diffKey } from '../secrets/diff-key';
import type { Installation } from '../installation';

/** Beside the request of a restore by a plan; create-only. */
const key = 'plan.json.gz';

/**
 * Keeps a plan beside the request that is about to be made of it. Gives the request that names it.
 * @param bytes as `lifeboat restore plan --out` wrote them
 */
export async function keepPlan(
  installation: Pick<Installation, 'state'>,
  bytes: Buffer,
  { name, failOnDrift, what }: { name: string; failOnDrift?: boolean; what: string },
): Promise<RestoreRequest> {
  const { request } = readPlan(bytes, what);
  const kept = gzipSync(bytes);
  const named: RestoreRequest = {
    ...request,
    metadata: { ...request.metadata, name },
    plan: { sha256: sha256(bytes), ...(failOnDrift && { failOnDrift }) },
  };
  await runStore(installation.state.store, runOf(named)).create(key, kept, { exclusive: false });
  return named;
}

/** Throws LifeboatError `invalid` for a request that names a plan which nobody kept. */
export async function assertKeptPlan(
  installation: Pick<Installation, 'state'>,
  request: RestoreRequest,
): Promise<void> {
  if (!request.plan || (await runStore(installation.state.store, runOf(request)).head(key))) return;
  throw new LifeboatError('invalid', `the plan of restore ${request.metadata.name} is not there`, {
    hint: 'ask for it with `lifeboat restore create --plan FILE`',
  });
}

/** The plan that a restore is to keep to; undefined for one without. Throws `corrupt` when it is not the one that was named. */
export async function keptPlan(
  installation: Pick<Installation, 'id' | 'settings' | 'state'>,
  request: RestoreRequest,
): Promise<PlannedRestore | undefined> {
  if (!request.plan) return undefined;
  const what = `the plan of restore ${request.metadata.name}`;
  const { body } = await runStore(installation.state.store, runOf(request)).get(key);
  const bytes = gunzipSync(body);
  if (sha256(bytes) !== request.plan.sha256) {
    throw new LifeboatError('corrupt', `${what} is not the one that was asked for`, {
      hint: 'make a new plan and ask under another name',
    });
  }
  const { objects } = readPlan(bytes, what);
  return { objects, hashKey: diffKey(installation), failOnDrift: request.plan.failOnDrift ?? false };
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
