import type { Alarm, AlarmSubject } from '../../formats/state/alarms';
import type { ObjectStore } from '../../platform/oss/port';

/**
 * Whether the schedule or rule was made or changed after people were told how it stands: what fails then is news again, also
 * where one of the same name failed before it. One request.
 */
export async function changedSince(
  state: ObjectStore,
  subject: AlarmSubject,
  { at }: Alarm,
): Promise<boolean> {
  if (subject.of === 'ticks') return false;
  const folder = subject.of === 'replications' ? 'replications' : 'schedules';
  const manifest = await state.head(`${folder}/${subject.name}.json`);
  return manifest !== undefined && manifest.lastModified.getTime() > Date.parse(at);
}
