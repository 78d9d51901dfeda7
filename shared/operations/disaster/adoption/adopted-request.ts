import { resultOf } from '../../backup/run-result';
import { instant } from '../../../formats/manifests/instant';
import { parseBackupRequest } from '../../../formats/manifests/request';
import type { BackupRequest, RunResult } from '../../../formats/manifests/run';
import type { Schedule } from '../../../formats/manifests/schedule';
import { nameFilters } from '../../../formats/manifests/selection/spec-filters';
import type { Backup, BackupSpec } from '../../../formats/manifests/velero';
import type { AdoptableBackup } from './adoptable-backup';

/**
 * The records that the run of an adopted backup would have left: what was asked for, and how it ended. The rules of its
 * schedule are those that the schedule has now.
 * @throws LifeboatError `invalid` when its manifest holds what no request can
 */
export function adoptedRequest(
  { backup, catalogue }: AdoptableBackup,
  { vaultName, schedules }: { vaultName: string; schedules: readonly Schedule[] },
): { request: BackupRequest; result: RunResult } {
  const { metadata } = backup;
  const schedule = metadata.labels?.['velero.io/schedule-name'];
  const request = {
    kind: 'BackupRequest',
    metadata: { name: metadata.name },
    cluster: catalogue.cluster,
    vault: vaultName,
    spec: askedFor(backup),
    ...(schedule !== undefined && {
      schedule: { name: schedule, slot: slotOf(backup), ...rules(schedule, schedules) },
    }),
  };
  return {
    request: parseBackupRequest(request, `backup "${metadata.name}"`),
    result: resultOf(backup, 1),
  };
}

/** Fields of a spec that a request can hold; the others are Velero's defaults for what Lifeboat does not do. */
const fields = [
  ...nameFilters,
  'labelSelector',
  'orLabelSelectors',
  'includeClusterResources',
  'ttl',
] as const satisfies readonly (keyof BackupSpec)[];

function askedFor({ spec }: Backup): BackupSpec {
  return Object.fromEntries(
    fields.flatMap((field) =>
      spec[field] === undefined || spec[field] === null ? [] : [[field, spec[field]]],
    ),
  );
}

/** From the name, which ends in it, else when the backup began. */
function slotOf({ metadata, status }: Backup): string {
  const [, year, month, day, hour, minute, second] =
    /-(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(metadata.name) ?? [];
  const named = year && new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (named && !Number.isNaN(named.getTime())) return instant(named);
  return instant(new Date(status.startTimestamp ?? 0));
}

function rules(
  name: string,
  schedules: readonly Schedule[],
): Partial<NonNullable<BackupRequest['schedule']>> {
  const schedule = schedules.find(({ metadata }) => metadata.name === name);
  const { timeZone, retention } = schedule?.spec ?? {};
  return { ...(timeZone && { timeZone }), ...(retention && { retention }) };
}
