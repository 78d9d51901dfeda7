import { findRequest } from '../../formats/state/run/requests';
import { findResult } from '../../formats/state/run/results';
import type { ObjectStore } from '../../platform/oss/port';
import type { Series } from './series';

/**
 * Whether a backup whose name fits a series was asked for by its schedule, and of its cluster: a name alone proves nothing.
 * True where the state knows no request, as after `state restore`. One request.
 */
export async function isOfSeries(
  state: ObjectStore,
  { schedule, cluster }: Series,
  name: string,
): Promise<boolean> {
  const request = await findRequest(state, { kind: 'backups', name }).catch(() => undefined);
  if (request?.kind !== 'BackupRequest') return true;
  return request.schedule?.name === schedule.metadata.name && request.cluster === cluster;
}

/**
 * Whether a good backup whose name fits a series can be of it. If the run of that name has failed, the backup in the vault is
 * another installation's. Two requests.
 */
export async function isGoodOfSeries(state: ObjectStore, series: Series, name: string): Promise<boolean> {
  if (!(await isOfSeries(state, series, name))) return false;
  const result = await findResult(state, { kind: 'backups', name }).catch(() => undefined);
  return result?.phase !== 'Failed';
}
