import { instant } from '../../formats/manifests/instant';
import type { BackupRequest } from '../../formats/manifests/run';
import type { Schedule } from '../../formats/manifests/schedule';
import { backupNameOf } from '../../formats/manifests/schedule-names';

/** The request of a schedule for one cluster and slot: the same for everyone who makes it. */
export function scheduledRequest(schedule: Schedule, cluster: string, slot: Date): BackupRequest {
  const { name, labels } = schedule.metadata;
  const { vault, template, retention, timeZone, copies, savesVolumes } = schedule.spec;
  const savesNone = savesVolumes !== true && template.snapshotVolumes === undefined;
  return {
    kind: 'BackupRequest',
    metadata: {
      name: backupNameOf(schedule, cluster, slot),
      // Velero puts the template's labels on the backup, and without any the schedule's own.
      labels: { ...(template.metadata?.labels ?? labels), 'velero.io/schedule-name': name },
    },
    cluster,
    vault,
    // A schedule of a release that saved no volumes.
    spec: savesNone ? { ...template, snapshotVolumes: false } : template,
    schedule: {
      name,
      slot: instant(slot),
      ...(retention && { timeZone, retention }),
      ...(copies?.length && { copies }),
    },
  };
}
