import { LifeboatError } from '../errors';
import { backupStems, type Schedule, scheduleSchema } from '../manifests/schedule';
import type { ObjectStore } from '../store/port';
import { type ManifestFolder, manifestFolder } from './manifest-folder';

/** `schedules/<name>.json`. */
export function schedules(store: ObjectStore): ManifestFolder<Schedule> {
  const folder = manifestFolder(store, { folder: 'schedules/', word: 'schedule', schema: scheduleSchema });

  /** `a` for clusters `b` and `c`, and `a-b` for one cluster, would name their backups alike. */
  async function refuseSharedNames(schedule: Schedule): Promise<void> {
    const stems = backupStems(schedule);
    const { items } = await folder.list();
    for (const other of items) {
      if (other.metadata.name === schedule.metadata.name) continue;
      const shared = backupStems(other).find((stem) => stems.includes(stem));
      if (shared === undefined) continue;
      throw new LifeboatError(
        'conflict',
        `schedule "${schedule.metadata.name}" would name backups ${shared}-<slot>, as schedule "${other.metadata.name}" does`,
        { hint: 'choose another name' },
      );
    }
  }

  return {
    ...folder,
    async create(manifest) {
      const schedule = folder.check(manifest);
      await refuseSharedNames(schedule);
      return folder.create(schedule);
    },
    async save(manifest) {
      const schedule = folder.check(manifest);
      await refuseSharedNames(schedule);
      return folder.save(schedule);
    },
  };
}
