import { atOnce } from '../../platform/at-once';
import { LifeboatError } from '../../platform/errors';
import type { ObjectStore } from '../../platform/oss/port';
import type { ClusterManifest } from '../../formats/manifests/cluster';
import type { Vault } from '../../formats/manifests/vault';
import { instant } from '../../formats/manifests/instant';
import { withOwnNamespaces } from '../../formats/manifests/own-namespaces';
import { isReservedName, reservedName } from '../../formats/manifests/reserved-names';
import { parseBackupRequest, parsePlanRequest, parseRestoreRequest } from '../../formats/manifests/request';
import type { BackupRequest, PlanRequest, RestoreRequest, RunRequest } from '../../formats/manifests/run';
import { type Requested, requestRun } from '../../operations/runs/request-run';
import { placeMark } from '../../formats/state/backup-marks';
import { findRequest, runOf } from '../../formats/state/run/requests';
import { runWord } from '../../formats/state/run-keys';
import { backupKeys } from '../../formats/vault/layout';
import { assertUnprovedIs } from '../backups/proved-backup';
import { type Installation, runContext } from '../installation';
import { assertKeptPlan } from './kept-plan';
import { assertWritable } from '../vaults/writable-vault';
import { record } from '../record';

/**
 * Asks for a backup: checks the request, its vault and its cluster, writes the intent and starts the worker.
 * Throws `invalid` naming the field, also for a spec that selects nothing and for a name that is reserved for schedules, `not-found` naming the vault or cluster,
 * `conflict` when the name is taken, also by a backup in the vault that this installation did not ask for.
 */
export async function requestBackup(installation: Installation, value: unknown): Promise<Requested> {
  const request = parseBackupRequest(value);
  const { vault, earlier } = await readPlaces(installation, request);
  if (request.schedule === undefined) assertFreeName(request, earlier);
  const { state, clock, holder } = installation;
  if (earlier) return ask(installation, request);
  await assertEmptyDirectory(installation.openVaultStore(vault), request);
  // Before the run: no moment of the backup is without its hold. Asked for again, it stays released if it was.
  if (request.hold !== undefined) {
    const place = { vault: request.vault, backup: request.metadata.name };
    await placeMark(state.store, 'holds', place, {
      reason: request.hold,
      by: holder,
      at: instant(clock.now()),
    });
  }
  return ask(installation, request, true);
}

/**
 * Asks for a restore; throws `not-found` also for a backup that the vault does not hold, `invalid` also for a name that is
 * reserved for replication rules.
 */
export async function requestRestore(installation: Installation, value: unknown): Promise<Requested> {
  const request = parseRestoreRequest(value);
  const places = await readPlaces(installation, request);
  assertFreeName(request, places.earlier);
  await assertKeptPlan(installation, request);
  return askAboutBackup(installation, request, places);
}

/** Asks for the plan of a restore; throws as `requestRestore`. */
export async function requestPlan(installation: Installation, value: unknown): Promise<Requested> {
  const request = parsePlanRequest(value);
  return askAboutBackup(installation, request, await readPlaces(installation, request));
}

async function askAboutBackup(
  installation: Installation,
  request: RestoreRequest | PlanRequest,
  { vault, earlier }: Places,
): Promise<Requested> {
  // A second request for the same is answered even after the backup has expired.
  if (!earlier) await assertBackup(installation.openVaultStore(vault), request);
  return ask(installation, request, !earlier);
}

type Asked = BackupRequest | RestoreRequest | PlanRequest;

/** A person asked: recorded, unless it had been asked for before. */
async function ask(installation: Installation, request: Asked, absent = false): Promise<Requested> {
  assertNamesItsBackup(request);
  const requested = await requestRun(runContext(installation), request, { absent });
  const { kind, name } = requested.run;
  if (requested.created && request.kind !== 'BackupRequest' && request.unproved !== undefined) {
    const what = `unproved backup for ${runWord(kind)} ${name}`;
    await record(installation, { action: 'take', what, name: request.unproved });
  }
  if (requested.created) await record(installation, { action: 'request', what: runWord(kind), name });
  return requested;
}

/** A run that has such a name from before they were reserved is still answered for. */
function assertFreeName(request: BackupRequest | RestoreRequest, earlier: RunRequest | undefined): void {
  const run = runOf(request);
  if (!isReservedName(run.kind, run.name) || earlier) return;
  throw reservedName(run.kind, run.name);
}

/** What lies there is another's: a worker would refuse it too, and a hold would be put on it. */
async function assertEmptyDirectory(
  store: ObjectStore,
  { vault, metadata: { name } }: BackupRequest,
): Promise<void> {
  const { directory } = backupKeys(name);
  for await (const page of store.list(directory, { pageSize: 1 })) {
    if (page.objects.length === 0) continue;
    throw new LifeboatError('conflict', `vault "${vault}" already holds a backup "${name}"`, {
      hint: 'choose another name: this installation did not ask for that backup',
    });
  }
}

/** Whoever takes a backup without proof names the very backup. */
function assertNamesItsBackup(request: Asked): void {
  if (request.kind === 'BackupRequest') return;
  assertUnprovedIs(request.unproved, request.spec.backupName);
}

/** Where a run is to work, and what was asked for under its name before. */
interface Places {
  vault: Vault;
  earlier: RunRequest | undefined;
}

async function readPlaces({ state }: Installation, request: Asked): Promise<Places> {
  const [vault, , earlier] = await atOnce(
    writableFor(request, state.vaults.get(request.vault)),
    takesOwnNamespaces(request, state.clusters.get(request.cluster)),
    findRequest(state.store, runOf(request)),
  );
  return { vault, earlier };
}

async function writableFor(request: Asked, reading: Promise<Vault>): Promise<Vault> {
  const vault = await reading;
  if (request.kind === 'BackupRequest') assertWritable(vault, 'no backup is made into it');
  return vault;
}

/** The worker fills them in: a request asked for again in the same words is the same, whatever the cluster is registered for now. */
async function takesOwnNamespaces(request: Asked, reading: Promise<ClusterManifest>): Promise<void> {
  const { spec } = await reading;
  if (request.kind === 'BackupRequest')
    withOwnNamespaces(request.spec, spec.namespaces, 'the backup request: spec');
}

async function assertBackup(store: ObjectStore, request: RestoreRequest | PlanRequest): Promise<void> {
  const { backupName } = request.spec;
  if (await store.head(backupKeys(backupName).manifest)) return;
  throw new LifeboatError('not-found', `there is no backup "${backupName}" in vault "${request.vault}"`, {
    hint: `see what there is with \`lifeboat backup get --vault ${request.vault}\``,
  });
}
