import * as v from 'valibot';
import type { Random } from '../../../platform/clock';
import { assertName, nameSchema } from '../../../platform/input/names';
import type { NamespaceScope } from '../../manifests/selection/namespace-scope';
import { parse } from '../../../platform/input/parse';
import type { ObjectStore } from '../../../platform/oss/port';
import { documentBytes, readJson } from '../json-object';
import { isHeld, leaseDuration } from './leases';
import type { RunId } from '../run-keys';
import { runRecord } from '../run-record';

const schema = v.object({
  kind: v.literal('Permit'),
  run: v.object({ kind: v.picklist(['backups', 'restores', 'plans']), name: nameSchema }),
  namespaces: v.object({ included: v.array(v.string()), excluded: v.array(v.string()) }),
});

/** The newest permit of one of a cluster's places. */
export interface Permit {
  /** Which place, from 1; those of plans from 1001. */
  place: number;
  /** Numbered, never used again. */
  n: number;
  /** OSS's time since it was taken, milliseconds. */
  age: number;
  /** Given back. */
  free: boolean;
}

/** A permit under which a run may be at work. */
export interface HeldPermit extends Permit {
  run: RunId;
  namespaces: NamespaceScope;
  /** False when whoever held it is gone. */
  live: boolean;
}

const numbered = /^([1-9]\d{0,3})-([1-9]\d{0,8})\.(json|free)$/;

/** Old permits of a place are removed once nobody can be about to write their number. */
const removeAfter = 3_600_000;

function folderOf(state: ObjectStore, cluster: string): ObjectStore {
  assertName('cluster', cluster);
  return state.at(`permits/${cluster}/`);
}

/** The newest permit of each place of a cluster, and the keys of those that are long over: one listing. */
export async function listPermits(
  state: ObjectStore,
  cluster: string,
): Promise<{ permits: Permit[]; old: { place: number; key: string }[] }> {
  const newest = new Map<number, Permit>();
  const freed = new Set<string>();
  const seen: { key: string; place: number; n: number; age: number }[] = [];
  for await (const page of folderOf(state, cluster).list('')) {
    for (const { key, lastModified } of page.objects) {
      const [, placeText, digits, end] = numbered.exec(key) ?? [];
      if (!placeText) continue;
      const [place, n] = [Number(placeText), Number(digits)];
      const age = page.date.getTime() - lastModified.getTime();
      seen.push({ key, place, n, age });
      if (end === 'free') freed.add(`${place}-${n}`);
      else if (n > (newest.get(place)?.n ?? 0)) newest.set(place, { place, n, age, free: false });
    }
  }
  for (const permit of newest.values()) permit.free = freed.has(`${permit.place}-${permit.n}`);
  const old = seen.filter(({ place, n, age }) => n < newest.get(place)!.n && age > removeAfter);
  return { permits: [...newest.values()].sort((a, b) => a.place - b.place), old };
}

/**
 * Who holds a permit, and whether that run is at work: for as long as its lease is live, and before its worker has one for
 * the duration of a lease. Undefined when it was given back or cannot be read.
 */
export async function holderOf(
  state: ObjectStore,
  cluster: string,
  permit: Permit,
): Promise<HeldPermit | undefined> {
  if (permit.free) return undefined;
  const stored = await readJson(folderOf(state, cluster), `${permit.place}-${permit.n}.json`);
  if (!stored) return undefined;
  const { run, namespaces } = parse(schema, stored.value, `a permit of cluster "${cluster}"`);
  const record = await runRecord(state, run);
  const live = !record.finished && (permit.age < leaseDuration || isHeld(record));
  return { ...permit, run, namespaces, live };
}

/** Takes the permit after `previous` at a place; false when somebody else did. */
export async function takePermit(
  state: ObjectStore,
  cluster: string,
  { place, n }: Pick<Permit, 'place' | 'n'>,
  { run, namespaces, random }: { run: RunId; namespaces: NamespaceScope; random: Random },
): Promise<boolean> {
  const { kind, name } = run;
  const body = { kind: 'Permit', run: { kind, name }, namespaces, nonce: random.bytes(16).toString('hex') };
  return (await folderOf(state, cluster).create(`${place}-${n}.json`, documentBytes(body))).created;
}

/** Gives a permit back, by its holder alone, and removes what is long over at its place. */
export async function freePermit(
  state: ObjectStore,
  cluster: string,
  { place, n }: Pick<Permit, 'place' | 'n'>,
): Promise<void> {
  const folder = folderOf(state, cluster);
  await folder.create(`${place}-${n}.free`, documentBytes({ kind: 'FreePermit' }));
  if (n % 16 !== 0) return;
  const { old } = await listPermits(state, cluster);
  await folder.delete(old.filter((each) => each.place === place).map(({ key }) => key));
}
