import { isDeepStrictEqual } from 'node:util';
import { LifeboatError } from '../../../platform/errors';
import { type Schedule, scheduleSchema } from '../../manifests/schedule';
import { backupStems } from '../../manifests/schedule-names';
import type { ObjectStore } from '../../../platform/oss/port';
import { type ManifestFolder, manifestFolder } from './manifest-folder';

/** `schedules/<name>.json`. */
export function schedules(store: ObjectStore): ManifestFolder<Schedule> {
  const folder: ManifestFolder<Schedule> = manifestFolder(store, {
    folder: 'schedules/',
    word: 'schedule',
    schema: scheduleSchema,
    async admit(schedule, was) {
      // Two that were made at one moment may share names: each can be paused and mended all the same.
      if (was && isDeepStrictEqual(namesOf(was), namesOf(schedule))) return;
      await refuseSharedNames(schedule);
    },
  });

  /** `a` for clusters `b` and `c`, and `a-b` for one cluster, would name their backups alike. */
  async function refuseSharedNames(schedule: Schedule): Promise<void> {
    const { items } = await folder.list();
    for (const other of items) {
      if (other.metadata.name === schedule.metadata.name) continue;
      const shared = sharedStem(schedule, other);
      if (shared === undefined) continue;
      throw new LifeboatError(
        'conflict',
        `schedule "${schedule.metadata.name}" would name backups ${shared}-<slot>, as schedule "${other.metadata.name}" does`,
        { hint: 'choose another name' },
      );
    }
  }

  return folder;
}

const namesOf = (schedule: Schedule) => [backupStems(schedule), schedule.spec.clusterSelector !== undefined];

/** A stem that both use; of one that selects its clusters every stem beginning with its name, as any cluster may be registered. */
function sharedStem(one: Schedule, other: Schedule): string | undefined {
  for (const [first, second] of [
    [one, other],
    [other, one],
  ] as const) {
    const { name } = first.metadata;
    const stems = second.spec.clusterSelector ? [second.metadata.name] : backupStems(second);
    const shared = first.spec.clusterSelector
      ? stems.find((stem) => stem.startsWith(`${name}-`))
      : stems.find((stem) => backupStems(first).includes(stem));
    if (shared !== undefined) return shared;
  }
  return undefined;
}
