import type { BackupRequest } from '../manifests/run';
import type { ObjectStore } from '../../platform/oss/port';
import { findResult } from './run/results';

const looksBack = 3;

/**
 * How many objects the newest earlier backup of the same schedule and cluster held: what a backup may expect to hold.
 * Undefined where there is none. One listing, and a request for each of the last few.
 */
export async function lastCount(state: ObjectStore, request: BackupRequest): Promise<number | undefined> {
  const { name } = request.metadata;
  const stem = request.schedule && /^(.+-)\d{14}$/.exec(name)?.[1];
  if (stem === undefined) return undefined;
  const folder = `runs/backups/${stem}`;
  const names: string[] = [];
  for await (const page of state.list(folder, { delimiter: '/' })) {
    for (const prefix of page.prefixes) {
      const earlier = prefix.slice('runs/backups/'.length, -1);
      if (/^\d{14}$/.test(earlier.slice(stem.length)) && earlier < name) names.push(earlier);
    }
  }
  for (const earlier of names.sort().slice(-looksBack).reverse()) {
    const items = (await findResult(state, { kind: 'backups', name: earlier }))?.counts.items;
    if (items) return items;
  }
  return undefined;
}
