import { assertInOrder } from '../../platform/assert-in-order';
import { messageOf } from '../../platform/errors';
import {
  backupScope,
  type NamespaceScope,
  restoreScope,
  sharedNamespace,
} from '../../formats/manifests/selection/namespace-scope';
import { selectsNamespacesByLabel } from '../../formats/manifests/selection/namespace-labels';
import type { BackupRequest, CopyRequest, RunRequest } from '../../formats/manifests/run';
import { clusters } from '../../formats/state/manifests/clusters';
import { leaseDuration, stopAfter } from '../../formats/state/leases/leases';
import {
  freePermit,
  type HeldPermit,
  holderOf,
  listPermits,
  type Permit,
  takePermit,
} from '../../formats/state/leases/permits';
import { requestReader } from '../../formats/state/run/requests';
import { type RunId, runWord } from '../../formats/state/run-keys';
import type { ObjectStore } from '../../platform/oss/port';
import type { RunContext } from './run-context';

/** How many runs a cluster is asked to bear at once. */
const defaultRunsPerCluster = 4;

/** Plans write nothing, and keep no backup and no restore waiting: so many have places of their own, behind all others. */
const plansPerCluster = 2;
const firstOfPlans = 1001;

/** Every loss is another run's gain, so that a few are enough. */
const occupyTries = 8;

/** What a run needs before it may work on its cluster. */
export interface Admission {
  run: RunId;
  cluster: string;
  namespaces: NamespaceScope;
}

type AdmissionContext = Pick<RunContext, 'state' | 'random' | 'clock' | 'log' | 'runsPerCluster'>;

/**
 * Why a run has to wait; `full` when nobody else would find a place either, `lost` when it may find another at once, `started`
 * when somebody else starts it at this moment.
 */
export interface Wait {
  wait: string;
  full?: boolean;
  lost?: boolean;
  started?: boolean;
}

/** Who has just taken a place for a run claims its start within this time, or is gone. Milliseconds. */
const startWithin = 45_000;

/**
 * A worker keeps the place that its start took while the place is younger than this: others count it as given up only at
 * `leaseDuration`. Milliseconds.
 */
const keptFor = 120_000;

assertInOrder('the age of a place at a cluster', { startWithin, keptFor, leaseDuration });

/** A starter leaves a run alone that somebody else starts; its worker may take its place again. */
export type PlaceSeeker = 'starter' | 'worker';

/** A place found, or why the run has to wait. */
export type Look = { place: Permit | Pick<Permit, 'place' | 'n'>; others: HeldPermit[] } | Wait;

/**
 * Returns what a request asks of its cluster. Reads the request of the backup that a restore does not narrow down, and the
 * cluster of a backup that names no namespaces.
 * @param ofBackup reads the request of the restore's backup, where the caller needs it too
 */
export async function admissionOf(
  state: ObjectStore,
  request: Exclude<RunRequest, CopyRequest>,
  ofBackup?: () => Promise<RunRequest | undefined>,
): Promise<Admission> {
  const { cluster } = request;
  const { name } = request.metadata;
  if (request.kind === 'PlanRequest') {
    return { run: { kind: 'plans', name }, cluster, namespaces: { included: [], excluded: [] } };
  }
  if (request.kind === 'BackupRequest') {
    return { run: { kind: 'backups', name }, cluster, namespaces: await scopeOf(state, request) };
  }
  const { spec, object } = request;
  const narrow = spec.includedNamespaces?.length || object?.namespace !== undefined;
  const read = ofBackup ?? requestReader(state, { kind: 'backups', name: spec.backupName });
  const source = narrow ? undefined : await read().catch(() => undefined);
  const backup = source?.kind === 'BackupRequest' ? await scopeOf(state, source) : undefined;
  return { run: { kind: 'restores', name }, cluster, namespaces: restoreScope(spec, { backup, object }) };
}

/**
 * Label selectors may match any namespace that the cluster is registered for. A cluster that cannot be read makes the scope
 * every namespace: a run then waits longer than it needs to.
 */
async function scopeOf(state: ObjectStore, { spec, cluster }: BackupRequest): Promise<NamespaceScope> {
  const { includedNamespaces: named = [] } = spec;
  const byLabel = selectsNamespacesByLabel(spec);
  if (named.length > 0 && !byLabel) return backupScope(spec);
  const manifest = await clusters(state)
    .find(cluster)
    .catch(() => undefined);
  const own = manifest?.spec.namespaces;
  return backupScope({ ...spec, includedNamespaces: own?.length ? [...own, ...named] : undefined });
}

/**
 * Looks for a free place at the cluster: at most so many runs at once, and no backup of a namespace while a restore writes
 * into it, whichever of the two came first. Takes nothing.
 */
export async function findPlace(
  context: AdmissionContext,
  admission: Admission,
  by: PlaceSeeker,
): Promise<Look> {
  return placeAmong(context, admission, by, await permitsFor(context, admission));
}

async function placeAmong(
  context: AdmissionContext,
  admission: Admission,
  by: PlaceSeeker,
  permits: readonly Permit[],
): Promise<Look> {
  const { run, cluster } = admission;
  const { first, places } = placesFor(context, run);
  const held = await holders(context, cluster, permits);
  const own = held.find((each) => same(each.run, run));
  const others = held.filter((each) => each.live && !same(each.run, run));
  if (own && by === 'starter' && own.age < startWithin)
    return { wait: 'somebody else starts it', started: true };
  const conflict = conflictWith(admission, others);
  if (conflict !== undefined) return { wait: conflict };
  if (own) return { place: { place: own.place, n: own.n + 1 }, others };
  if (others.length >= places) {
    const what = run.kind === 'plans' ? 'plans' : 'runs';
    const wait = `cluster ${cluster} bears ${places} ${what} at once, and ${others.length} are at work`;
    return { wait, full: true };
  }
  const taken = new Set(others.map(({ place }) => place));
  for (let place = first; ; place += 1) {
    if (taken.has(place)) continue;
    const n = (permits.find((each) => each.place === place)?.n ?? 0) + 1;
    return { place: { place, n }, others };
  }
}

/**
 * Takes the place that was found. Looks again afterwards: of a backup and a restore that came at the same moment neither
 * goes on, and the next tick starts them one after the other. Answers with why it has to wait when the place is lost.
 */
async function occupy(
  context: AdmissionContext,
  admission: Admission,
  { place, others }: Exclude<Look, Wait>,
): Promise<{ permit: Pick<Permit, 'place' | 'n'> } | Wait> {
  const { state, clock, random } = context;
  const { run, cluster, namespaces } = admission;
  const looked = clock.monotonic();
  if (!(await takePermit(state, cluster, place, { run, namespaces, random }))) {
    return lostPlace(cluster);
  }
  const permits = await permitsFor(context, admission);
  const known = new Set(others.map((each) => `${each.place}-${each.n}`));
  const fresh = permits.filter((each) => each.place !== place.place && !known.has(`${each.place}-${each.n}`));
  const late = (await holders(context, cluster, fresh)).filter((each) => each.live && !same(each.run, run));
  const lost = permits.find((each) => each.place === place.place)?.n !== place.n;
  const frozen = clock.monotonic() - looked >= stopAfter;
  const conflict = conflictWith(admission, late);
  if (conflict === undefined && !lost && !frozen) return { permit: place };
  await leave(context, cluster, place);
  return conflict === undefined ? lostPlace(cluster) : { wait: conflict };
}

function lostPlace(cluster: string): Wait {
  return { wait: `another run took the place at cluster ${cluster}`, lost: true };
}

/** Takes the place that was found, or another one where others were faster, as long as there are any. */
export async function occupyAny(
  context: AdmissionContext,
  admission: Admission,
  found: Exclude<Look, Wait>,
  by: PlaceSeeker,
): Promise<{ permit: Pick<Permit, 'place' | 'n'> } | Wait> {
  let look: Look = found;
  for (let tries = 1; ; tries++) {
    if ('wait' in look) return look;
    const entered = await occupy(context, admission, look);
    if (!('wait' in entered) || !entered.lost || tries === occupyTries) return entered;
    look = await findPlace(context, admission, by);
  }
}

/**
 * For a worker that holds its lease: keeps the place that its start took, or takes one. A place that was taken so long ago
 * that others may count it as given up is taken anew.
 */
export async function enter(
  context: AdmissionContext,
  admission: Admission,
): Promise<{ permit: Pick<Permit, 'place' | 'n'> } | Wait> {
  const permits = await permitsFor(context, admission);
  const young = permits.filter((each) => !each.free && each.age < keptFor);
  const held = await holders(context, admission.cluster, young);
  const own = held.find((each) => same(each.run, admission.run));
  if (own) return { permit: own };
  const look = await placeAmong(context, admission, 'worker', permits);
  return 'wait' in look ? look : occupyAny(context, admission, look, 'worker');
}

/** Who waits for the same places takes turns. */
export function queueOf({ run, cluster }: Admission): string {
  return run.kind === 'plans' ? `plans/${cluster}` : cluster;
}

function placesFor({ runsPerCluster = defaultRunsPerCluster }: AdmissionContext, { kind }: RunId) {
  if (kind !== 'plans') return { first: 1, places: runsPerCluster };
  return { first: firstOfPlans, places: Math.min(plansPerCluster, runsPerCluster) };
}

/** Those of the places that a run may take. */
async function permitsFor({ state }: AdmissionContext, { run, cluster }: Admission): Promise<Permit[]> {
  const { permits } = await listPermits(state, cluster);
  return permits.filter(({ place }) => place >= firstOfPlans === (run.kind === 'plans'));
}

/** Gives a place back. Never fails: one that could not be given back is free once the run's lease is over. */
export async function leave(
  { state, log }: Pick<AdmissionContext, 'state' | 'log'>,
  cluster: string,
  permit: Pick<Permit, 'place' | 'n'>,
): Promise<void> {
  try {
    await freePermit(state, cluster, permit);
  } catch (error) {
    log.warn(`A place at cluster ${cluster} could not be given back yet`, { error: messageOf(error) });
  }
}

async function holders(
  { state, log }: AdmissionContext,
  cluster: string,
  permits: readonly Permit[],
): Promise<HeldPermit[]> {
  const found = await Promise.all(
    permits.map(async (permit) => {
      try {
        return await holderOf(state, cluster, permit);
      } catch (error) {
        // A damaged permit must not block its cluster for longer than a lease.
        log.warn(`A permit of cluster ${cluster} cannot be read`, { error: messageOf(error) });
        return undefined;
      }
    }),
  );
  return found.filter((each) => each !== undefined);
}

function conflictWith({ run, namespaces }: Admission, others: readonly HeldPermit[]): string | undefined {
  for (const other of others) {
    if (other.run.kind === run.kind) continue;
    const namespace = sharedNamespace(namespaces, other.namespaces);
    if (namespace === undefined) continue;
    return `${runWord(other.run.kind)} ${other.run.name} is at work on namespace ${namespace}`;
  }
  return undefined;
}

function same(a: RunId, b: RunId): boolean {
  return a.kind === b.kind && a.name === b.name;
}
