import { instant } from '../manifests/instant';
import { scheduledBackupName } from '../manifests/names';
import type { BackupRequest } from '../manifests/run';
import type { Schedule } from '../manifests/schedule';

/** The request of a schedule for one cluster and slot: the same for everyone who makes it. */
export function scheduledRequest(schedule: Schedule, cluster: string, slot: Date): BackupRequest {
  const { name, labels } = schedule.metadata;
  const { includeClusterInNames, vault, template, retention, timeZone, copies } = schedule.spec;
  return {
    kind: 'BackupRequest',
    metadata: {
      name: scheduledBackupName(name, cluster, includeClusterInNames, slot),
      // Velero puts the template's labels on the backup, and without any the schedule's own.
      labels: { ...(template.metadata?.labels ?? labels), 'velero.io/schedule-name': name },
    },
    cluster,
    vault,
    spec: template,
    schedule: {
      name,
      slot: instant(slot),
      ...(retention && { timeZone, retention }),
      ...(copies?.length && { copies }),
    },
  };
}
