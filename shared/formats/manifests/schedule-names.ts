import { instant } from './instant';
import { backupNameStem, scheduledBackupName, shortInstallation } from '../../platform/input/names';

/** What of a schedule decides the names of its backups. */
interface Named {
  metadata: { name: string };
  spec: {
    includeClusterInNames: boolean;
    installationInNames?: { id: string; since: string; earlier?: string[] };
  };
}

/**
 * What the names of a schedule's backups of one cluster begin with, in each form that they have had: `<stem>-<slot>`. The first
 * is what the others begin with.
 */
export function clusterStems({ metadata, spec }: Named, cluster: string): string[] {
  const { includeClusterInNames, installationInNames: carried } = spec;
  const ids = carried ? [carried.id, ...(carried.earlier ?? [])] : [];
  return [undefined, ...ids].map((id) => backupNameStem(metadata.name, cluster, includeClusterInNames, id));
}

/** Those of all clusters that are named: two schedules must not share one. */
export function backupStems(schedule: Named & { spec: { clusters: string[] } }): string[] {
  return schedule.spec.clusters.flatMap((cluster) => clusterStems(schedule, cluster));
}

/**
 * The name of the backup of a slot. A function of the manifest and the slot, so that a slot keeps its name when later ones carry
 * the installation: none is made twice or left out by that.
 */
export function backupNameOf({ metadata, spec }: Named, cluster: string, slot: Date): string {
  const { includeClusterInNames, installationInNames: carried } = spec;
  const id = carried && slot.getTime() > Date.parse(carried.since) ? carried.id : undefined;
  return scheduledBackupName(metadata.name, cluster, includeClusterInNames, slot, id);
}

/**
 * The spec of a schedule that names the backups of slots after `since` with the id of an installation. The same where they carry
 * it already. The id of another, of which this one was restored, stays known as an earlier one.
 */
export function carryingInstallation<Spec extends Named['spec']>(spec: Spec, id: string, since: Date): Spec {
  const short = shortInstallation(id);
  const { installationInNames: before } = spec;
  if (before?.id === short) return spec;
  const earlier = before && [before.id, ...(before.earlier ?? [])].filter((one) => one !== short);
  return {
    ...spec,
    installationInNames: { id: short, since: instant(since), ...(earlier && { earlier }) },
  };
}
