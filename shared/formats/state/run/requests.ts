import { LifeboatError } from '../../../platform/errors';
import {
  parseBackupRequest,
  parseCopyRequest,
  parsePlanRequest,
  parseRestoreRequest,
} from '../../manifests/request';
import type {
  BackupRequest,
  CopyRequest,
  PlanRequest,
  RestoreRequest,
  RunKind,
  RunRequest,
} from '../../manifests/run';
import { instant } from '../../manifests/instant';
import type { ObjectStore } from '../../../platform/oss/port';
import { documentBytes, jsonBytes, readJson } from '../json-object';
import { markOpen } from './open-runs';
import { listCommand, type RunId, runStore, runWord } from '../run-keys';

const key = 'request.json';

const kinds = {
  BackupRequest: 'backups',
  RestoreRequest: 'restores',
  PlanRequest: 'plans',
  CopyRequest: 'copies',
} as const;
const parsers = {
  backups: parseBackupRequest,
  restores: parseRestoreRequest,
  plans: parsePlanRequest,
  copies: parseCopyRequest,
};

/** The run that a request asks for. */
export function runOf(request: RunRequest): RunId {
  return { kind: kinds[request.kind], name: request.metadata.name };
}

/**
 * Writes the intent: `open/…` first, then the create-only `request.json`, so that the tick carries it out whatever
 * happens to the caller. Asking again for the same changes nothing (`created: false`, and when it was asked for); the same
 * name with another body throws `conflict`: a name is never used twice.
 * @param options `absent`: the caller has just looked, and nobody had asked for it
 */
export async function createRequest(
  state: ObjectStore,
  request: RunRequest,
  { absent = false }: { absent?: boolean } = {},
): Promise<{ created: boolean; askedAt?: Date }> {
  const run = runOf(request);
  const asked = parseRequest(run.kind, request);
  const earlier = absent ? undefined : await readJson(runStore(state, run), key);
  if (earlier) {
    refuseOther(run, earlier, asked);
    return { created: false, askedAt: earlier.lastModified };
  }
  await markOpen(state, run);
  const { created } = await runStore(state, run).create(key, documentBytes(asked));
  if (created) return { created };
  const winner = await readJson(runStore(state, run), key);
  if (winner) refuseOther(run, winner, asked);
  return { created, ...(winner && { askedAt: winner.lastModified }) };
}

/** Undefined when nobody asked for it. */
export async function findRequest(state: ObjectStore, run: RunId): Promise<RunRequest | undefined> {
  const stored = await readJson(runStore(state, run), key);
  return stored && parseRequest(run.kind, stored.value);
}

/** Returns what reads a request, once however often it is called: a request never changes. */
export function requestReader(state: ObjectStore, run: RunId): () => Promise<RunRequest | undefined> {
  let reading: Promise<RunRequest | undefined> | undefined;
  return () => {
    reading ??= findRequest(state, run);
    return reading;
  };
}

/** Throws `not-found` when nobody asked for it. */
export async function backupRequest(state: ObjectStore, name: string): Promise<BackupRequest> {
  return (await required(state, { kind: 'backups', name })) as BackupRequest;
}

/** Throws `not-found` when nobody asked for it. */
export async function restoreRequest(state: ObjectStore, name: string): Promise<RestoreRequest> {
  return (await required(state, { kind: 'restores', name })) as RestoreRequest;
}

/** Throws `not-found` when nobody asked for it. */
export async function planRequest(state: ObjectStore, name: string): Promise<PlanRequest> {
  return (await required(state, { kind: 'plans', name })) as PlanRequest;
}

/** Throws `not-found` when nobody asked for it. */
export async function copyRequest(state: ObjectStore, name: string): Promise<CopyRequest> {
  return (await required(state, { kind: 'copies', name })) as CopyRequest;
}

async function required(state: ObjectStore, run: RunId): Promise<RunRequest> {
  const request = await findRequest(state, run);
  if (request) return request;
  throw new LifeboatError('not-found', `nobody asked for ${runWord(run.kind)} "${run.name}"`, {
    hint: `see what there is with \`${listCommand(run.kind)}\``,
  });
}

/** A request of a run as it is stored. @throws LifeboatError `invalid` */
export function parseRequest(kind: RunKind, value: unknown): RunRequest {
  return parsers[kind](value);
}

function refuseOther(run: RunId, stored: { value: unknown; lastModified: Date }, ours: RunRequest): void {
  if (jsonBytes(stored.value).equals(jsonBytes(ours))) return;
  throw new LifeboatError(
    'conflict',
    `${runWord(run.kind)} "${run.name}" was asked for already, with another request, at ${instant(stored.lastModified)}`,
    { hint: 'choose another name: a name is never used twice' },
  );
}
