import * as v from 'valibot';
import { instantSchema } from '../manifests/instant';
import { assertName } from '../../platform/input/names';
import { parse } from '../../platform/input/parse';
import type { ObjectStore } from '../../platform/oss/port';
import { documentBytes, readJson } from './json-object';
import { removeOld } from './remove-old';

/**
 * Why a slot has no backup:
 * - `held`: another backup of the series was running
 * - `missed`: no tick asked for it in time
 * - `failed`: it could not be asked for
 * - `window`: it lies outside the windows of the schedule
 * - `skipped`: a person skipped it
 */
export const whysLeftOut = ['held', 'missed', 'failed', 'window', 'skipped'] as const;
export type WhyLeftOut = (typeof whysLeftOut)[number];

const schema = v.object({
  kind: v.literal('LeftOut'),
  since: instantSchema,
  until: instantSchema,
  slots: v.number(),
  more: v.optional(v.literal(true)),
  reasons: v.array(
    v.object({
      why: v.picklist(whysLeftOut),
      reason: v.string(),
      slots: v.number(),
      first: instantSchema,
      last: instantSchema,
    }),
  ),
  first: instantSchema,
});

/**
 * The slots of a series that were passed over between two others. `since`: the last slot whose backup was requested, or the start
 * of the schedule. `until`: the newest slot at the time of the record, which lies after all of them. `more`: there were more slots
 * than one tick counts. `first`: `since` of the first of the records that follow each other without a gap, so that all of them are
 * one message to people.
 */
export type LeftOut = Omit<v.InferOutput<typeof schema>, 'kind'>;

/** A series of backups by the names of its schedule and cluster. */
export interface SeriesName {
  schedule: string;
  cluster: string;
}

/** Maximum number of records of one series. */
const mostRecords = 50;
/** As long as finished runs are kept. Milliseconds. */
const keptFor = 35 * 86_400_000;

function folderOf({ schedule, cluster }: SeriesName): string {
  assertName('schedule', schedule);
  assertName('cluster', cluster);
  return `left-out/${schedule}/${cluster}/`;
}

function leftOutKey(series: SeriesName, since: string): string {
  return `${folderOf(series)}${since.replace(/\D/g, '').slice(0, 14)}.json`;
}

/** The record that begins at a slot; undefined if there is none. */
export async function findLeftOut(
  state: ObjectStore,
  series: SeriesName,
  since: string,
): Promise<LeftOut | undefined> {
  return read(state, leftOutKey(series, since));
}

/**
 * Writes `left-out/<schedule>/<cluster>/<since>.json` over an earlier version. Two ticks at once write the same.
 * One request.
 */
export async function putLeftOut(state: ObjectStore, series: SeriesName, record: LeftOut): Promise<void> {
  await state.put(leftOutKey(series, record.since), documentBytes({ kind: 'LeftOut', ...record }));
}

/** The newest records of a series, newest first: one listing, and a request for each. */
export async function newestLeftOut(
  state: ObjectStore,
  series: SeriesName,
  count: number,
): Promise<LeftOut[]> {
  const keys = await keysOf(state, series);
  const found: LeftOut[] = [];
  for (const key of keys.slice(-count).reverse()) {
    const record = await read(state, key);
    if (record) found.push(record);
  }
  return found;
}

/**
 * Makes room for another record of a series: deletes the oldest beyond 49. Returns the newest record that is there; undefined if
 * there is none. One listing, and a request each for the newest and the deletion.
 */
export async function makeRoomForLeftOut(
  state: ObjectStore,
  series: SeriesName,
): Promise<LeftOut | undefined> {
  const keys = await keysOf(state, series);
  const old = keys.slice(0, Math.max(0, keys.length - mostRecords + 1));
  if (old.length > 0) await state.delete(old);
  const newest = keys.at(-1);
  return newest === undefined ? undefined : read(state, newest);
}

/** Deletes the records that were not written for 35 days, by OSS's time: one listing for each thousand. */
export async function cleanLeftOut(state: ObjectStore): Promise<number> {
  return removeOld(state, 'left-out/', keptFor);
}

async function keysOf(state: ObjectStore, series: SeriesName): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of state.list(folderOf(series))) for (const { key } of page.objects) keys.push(key);
  return keys;
}

async function read(state: ObjectStore, key: string): Promise<LeftOut | undefined> {
  const stored = await readJson(state, key);
  if (!stored) return undefined;
  const { kind: _, ...record } = parse(schema, stored.value, key);
  return record;
}
