import * as v from 'valibot';
import { sha256Hex } from '../../platform/sha256';
import { instantSchema } from '../manifests/instant';
import { parse } from '../../platform/input/parse';
import type { Replication } from '../manifests/replication';
import type { ObjectStore } from '../../platform/oss/port';
import { documentBytes, readJson } from './json-object';

const point = { backup: v.string(), at: instantSchema };

const schema = v.strictObject({
  kind: v.literal('Turn'),
  ...point,
  restore: v.string(),
  equal: v.optional(v.strictObject(point)),
});

/** A backup, and the moment as of which it holds the source. RFC 3339. */
export type BackupPoint = Readonly<{ backup: string; at: string }>;

/**
 * `turns/<rule>/<digest>/<n>.json`, create-only: the n-th restore of a rule into one target. The next turn is taken when the
 * restore of this one has an outcome and a newer backup is there, so that they run one at a time whoever looks, and however
 * often.
 */
export interface Turn extends BackupPoint {
  kind: 'Turn';
  /** Name of the restore. */
  restore: string;
  /** As of the moment at which the turn was taken: the newest backup with which the target was found equal. */
  equal?: BackupPoint;
}

export interface TakenTurn {
  n: number;
  turn: Turn;
  /** Milliseconds by OSS's time since it was taken. */
  age: number;
}

/** Older turns than this are in nobody's hands any more: no function lives longer than a day. */
export const turnsKept = 35 * 86_400_000;

/** The turns of a rule, its source and one target: a rule that is made anew for another source begins anew. */
export function turnsOf(state: ObjectStore, rule: Replication, target: string): ObjectStore {
  return state.at(turnsFolder(rule, target));
}

/** Where they lie in the state. */
export function turnsFolder({ metadata, spec }: Replication, target: string): string {
  const { vault, cluster, clusterUid = '', schedule = '' } = spec.source;
  const source = [vault, cluster, clusterUid, schedule, target].join('\0');
  const digest = sha256Hex(source).slice(0, 16);
  return `turns/${metadata.name}/${digest}/`;
}

/** The newest turn; undefined before the first. @throws LifeboatError `invalid` when it cannot be understood */
export async function lastTurn(turns: ObjectStore): Promise<TakenTurn | undefined> {
  let last: { key: string; age: number } | undefined;
  for await (const page of turns.list('')) {
    for (const { key, lastModified } of page.objects) {
      if (numberOf(key) > 0) last = { key, age: page.date.getTime() - lastModified.getTime() };
    }
  }
  const stored = last && (await readJson(turns, last.key));
  if (!last || !stored) return undefined;
  const turn = parse(schema, stored.value, `${turns.name}${last.key}`);
  return { n: numberOf(last.key), turn, age: last.age };
}

/** Takes turn n: false when somebody else has it. Removes turns that are long over; never the newest, so no number comes twice. */
export async function takeTurn(turns: ObjectStore, n: number, turn: Turn): Promise<boolean> {
  const { created } = await turns.create(turnKey(n), documentBytes(turn));
  if (!created) return false;
  const old: string[] = [];
  for await (const page of turns.list('')) {
    for (const { key, lastModified } of page.objects) {
      if (numberOf(key) < n && page.date.getTime() - lastModified.getTime() > turnsKept) old.push(key);
    }
  }
  if (old.length > 0) await turns.delete(old);
  return true;
}

/** Of one length, so that listings are in order. */
function turnKey(n: number): string {
  return `${String(n).padStart(10, '0')}.json`;
}

function numberOf(key: string): number {
  return /^\d{10}\.json$/.test(key) ? Number(key.slice(0, 10)) : 0;
}
