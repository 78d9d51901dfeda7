import { type Command, Option } from 'commander';
import { LifeboatError } from '../../../shared/platform/errors';
import type { LabelSelector } from '../../../shared/formats/manifests/velero';
import { parseLabelSelector } from '../../../shared/formats/manifests/selection/selector-text';
import { commaSeparated } from '../../options/lists';
import type { RetentionFlags } from '../../options/retention';
import type { SelectionFlags } from '../../options/selection';
import type { TimingFlags } from '../../options/timing';

/** What `schedule create` and `schedule edit` both take. */
export interface ScheduleFlags extends SelectionFlags, TimingFlags, RetentionFlags {
  cluster?: string[];
  clusterSelector?: LabelSelector;
  vault?: string;
  copyTo?: string[];
}

export const scheduleFlag = [
  '--schedule <times>',
  'five cron fields (minute hour day month weekday), a name such as @daily, or an interval such as 6h30m',
] as const;

/** Adds which clusters are backed up, and where to. */
export function withClusters(command: Command): Command {
  return command
    .option('--cluster <names>', 'clusters to back up; default the only one', commaSeparated)
    .addOption(
      new Option('--cluster-selector <labels>', 'back up the clusters with these labels').argParser(
        parseLabelSelector,
      ),
    )
    .option('--vault <name>', 'vault that takes the backups; default the only one')
    .option('--copy-to <vaults>', 'vaults that each backup is copied to as well', commaSeparated);
}

/** Throws `invalid` when both are given. */
export function assertOneWayToCluster({ cluster, clusterSelector }: ScheduleFlags): void {
  if (!clusterSelector || !cluster) return;
  throw new LifeboatError('invalid', 'both --cluster and --cluster-selector are given', {
    hint: 'keep one of the two',
  });
}
