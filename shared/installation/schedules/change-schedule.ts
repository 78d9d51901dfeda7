import { isDeepStrictEqual } from 'node:util';
import { LifeboatError } from '../../errors';
import { instant } from '../../manifests/instant';
import type { Schedule } from '../../manifests/schedule';
import { longestCatchUp } from '../../schedule/due-slot';
import { jitterOf } from '../../schedule/jitter';
import { slotsOf } from '../../schedule/slots';
import { assertExists } from '../assert-exists';
import { assertSchedule } from './add-schedule';
import { assertSameThing, assertUnchanged } from '../edited-manifest';
import type { Installation } from '../installation';
import { record } from '../record';

type Spec = Schedule['spec'];

/** What a person may change of a schedule; `undefined` takes a field away. */
export type ScheduleChange = Partial<
  Omit<Spec, 'startAt' | 'resumedAt' | 'includeClusterInNames' | 'skipSlots'>
>;

/** Fields that say when it comes due, and for what: backups of the time before a change are not expected of it. */
const whenAndWhat = [
  'schedule',
  'timeZone',
  'windows',
  'jitter',
  'paused',
  'clusters',
  'clusterSelector',
  'vault',
  'skipSlots',
] as const satisfies (keyof Spec)[];

/**
 * Changes a schedule. No slot of the past comes due by it: where its times, clusters or vault are changed, or it is
 * unpaused, slots count from now. Throws `not-found`, or `invalid` naming the field.
 */
export async function changeSchedule(
  installation: Installation,
  name: string,
  change: ScheduleChange,
): Promise<Schedule> {
  const { state, clock } = installation;
  const { spec, ...rest } = await state.schedules.get(name);
  const changed = resumed(spec, { ...spec, ...change }, clock.now());
  return save(installation, { ...rest, spec: changed }, 'change');
}

/** What is set when a schedule is made or resumed, and changed by nobody. */
export const setByLifeboat = [
  'startAt',
  'resumedAt',
  'includeClusterInNames',
] as const satisfies (keyof Spec)[];

/**
 * Puts an edited manifest in the place of a schedule, under the rules of `changeSchedule`; undefined when it says the same.
 * @param was what was edited
 * @throws LifeboatError `invalid` naming the field; `conflict` when somebody else has changed the schedule meanwhile
 */
export async function replaceSchedule(
  installation: Installation,
  was: Schedule,
  manifest: unknown,
): Promise<Schedule | undefined> {
  const { state, clock } = installation;
  const edited = state.schedules.check(manifest);
  assertSameThing(was, edited, setByLifeboat);
  if (isDeepStrictEqual(edited, was)) return undefined;
  await assertUnchanged(state.schedules, was);
  return save(installation, { ...edited, spec: resumed(was.spec, edited.spec, clock.now()) }, 'change');
}

/** Slots of the past never come due by a change: they count from now where times, clusters or vault are others. */
function resumed(was: Spec, changed: Spec, now: Date): Spec {
  const countsAnew = whenAndWhat.some((field) => !isDeepStrictEqual(was[field], changed[field]));
  return countsAnew && !changed.paused ? { ...changed, resumedAt: instant(now) } : changed;
}

/**
 * No slot comes due while it is paused. Fine when it is already, and whatever is wrong with it: its cluster or vault gone, its
 * windows all past.
 */
export async function pauseSchedule(installation: Installation, name: string): Promise<Schedule> {
  const { spec, ...rest } = await installation.state.schedules.get(name);
  return store(installation, { ...rest, spec: { ...spec, paused: true } }, 'change');
}

/** Slots come due again from now on; nothing is made for those that passed meanwhile. Fine when it was not paused. */
export async function unpauseSchedule(installation: Installation, name: string): Promise<Schedule> {
  return changeSchedule(installation, name, { paused: false });
}

/**
 * Lets one slot pass, the next if none is named; answers with it. Throws `invalid` for a point in time that is no slot to
 * come, `not-found`.
 */
export async function skipSlot(installation: Installation, name: string, at?: Date): Promise<Date> {
  const { state, clock } = installation;
  const schedule = await state.schedules.get(name);
  const now = clock.now();
  // Asked for the moment before it is due, the next slot is the one that was named.
  const from = at ? Math.max(at.getTime() + jitterOf(schedule) - 1, now.getTime()) : now.getTime();
  const next = slotsOf(schedule).next(new Date(from));
  if (!next || (at && next.at.getTime() !== at.getTime())) {
    throw new LifeboatError(
      'invalid',
      `${at ? instant(at) : 'what follows'} is no slot of schedule "${name}" that is still to come`,
      { hint: `see its next slots with \`lifeboat schedule describe ${name}\`` },
    );
  }
  const skipSlots = [...(schedule.spec.skipSlots ?? []), instant(next.at)].sort();
  await store(installation, { ...schedule, spec: { ...schedule.spec, skipSlots } }, 'skip');
  return next.at;
}

/** Its backups stay; nothing but their TTL and a person lets them go then. Throws `not-found`. */
export async function deleteSchedule(installation: Installation, name: string): Promise<void> {
  await assertExists(installation.state.schedules, name);
  await installation.state.schedules.remove(name);
  await record(installation, { action: 'delete', what: 'schedule', name });
}

async function save(installation: Installation, schedule: Schedule, action: string): Promise<Schedule> {
  await assertSchedule(installation, installation.state.schedules.check(schedule));
  return store(installation, schedule, action);
}

async function store(installation: Installation, schedule: Schedule, action: string): Promise<Schedule> {
  const { state, clock } = installation;
  const oldest = clock.now().getTime() - 2 * longestCatchUp;
  const skipSlots = schedule.spec.skipSlots?.filter((slot) => Date.parse(slot) > oldest);
  const spec = { ...schedule.spec, skipSlots: skipSlots?.length ? skipSlots : undefined };
  const saved = await state.schedules.save({ ...schedule, spec });
  await record(installation, { action, what: 'schedule', name: schedule.metadata.name });
  return saved;
}
