import { sha256Hex } from '../../platform/sha256';
import { assertName } from '../../platform/input/names';
import type { RunKind } from '../manifests/run';
import type { ObjectStore } from '../../platform/oss/port';

/** A run by its kind and its name: of a backup or restore, that of the same. */
export interface RunId {
  kind: RunKind;
  name: string;
}

/** All kinds of runs. */
export const runKinds = ['backups', 'restores', 'plans', 'copies'] as const satisfies RunKind[];

const words = { backups: 'backup', restores: 'restore', plans: 'plan', copies: 'copy' } as const;

/** `backup`, `restore`, `plan` or `copy`, for messages. */
export function runWord(kind: RunKind): string {
  return words[kind];
}

/** The command that shows what runs of a kind there are. */
export function listCommand(kind: RunKind): string {
  return kind === 'backups' || kind === 'restores'
    ? `lifeboat ${runWord(kind)} get`
    : 'lifeboat run get --all';
}

/** `runs/<kind>/<name>/`. Throws `invalid` when the name is none. */
export function runFolder({ kind, name }: RunId): string {
  assertName(runWord(kind), name);
  return `runs/${kind}/${name}/`;
}

/** The state bound to one run's folder. */
export function runStore(state: ObjectStore, run: RunId): ObjectStore {
  return state.at(runFolder(run));
}

/** `open/<kind>/<name>`. */
export function openKey({ kind, name }: RunId): string {
  assertName(runWord(kind), name);
  return `open/${kind}/${name}`;
}

/** FC's task id of the k-th start of a run: the same for everyone who starts it. */
export function taskId(installation: string, run: RunId, k: number): string {
  const digest = sha256Hex([installation, run.kind, run.name, k].join('\0'));
  return `${run.kind.charAt(0)}_${digest.slice(0, 32)}`;
}

/**
 * Where the results and the log of a restore lie that its vault does not take, under the keys they have in a vault.
 * @param run bound to the folder of the restore
 */
export function reportsBeside(run: ObjectStore): ObjectStore {
  return run.at('report/');
}
