import type { Replication } from '../../formats/manifests/replication';
import type { Installation } from '../installation';

/**
 * Why a rule that names a schedule may never find a backup, in one sentence; undefined where nothing speaks against it. No
 * error: the schedule may be another installation's, or Velero's, or be made later.
 */
export async function scheduleRemark(
  { state }: Installation,
  { spec: { source } }: Replication,
): Promise<string | undefined> {
  if (source.schedule === undefined || source.clusterUid !== undefined) return undefined;
  const schedule = await state.schedules.find(source.schedule);
  if (!schedule) {
    return `There is no schedule "${source.schedule}" here: the rule waits for one of that name, made here or elsewhere.`;
  }
  const { vault, copies = [], clusters, clusterSelector } = schedule.spec;
  if (![vault, ...copies].includes(source.vault)) {
    return `Schedule "${source.schedule}" keeps its backups in ${[vault, ...copies].join(', ')}, and the rule looks into ${source.vault}.`;
  }
  if (!clusterSelector && !clusters.includes(source.cluster)) {
    return `Schedule "${source.schedule}" backs up ${clusters.join(', ')}, and the rule is for ${source.cluster}.`;
  }
  return undefined;
}
