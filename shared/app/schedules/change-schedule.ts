import { isDeepStrictEqual } from 'node:util';
import { LifeboatError } from '../../platform/errors';
import { instant } from '../../formats/manifests/instant';
import type { Schedule } from '../../formats/manifests/schedule';
import { assertSkips } from '../../operations/schedule/check-schedule';
import { jitterOf } from '../../operations/schedule/jitter';
import { skipsToKeep } from '../../operations/schedule/skipped-slots';
import { slotsOf } from '../../operations/schedule/slots';
import type { Precondition } from '../../formats/state/manifests/manifest-folder';
import { assertExists } from '../assert-exists';
import { assertSchedule } from './add-schedule';
import { assertSameThing, type Replacing, unchangedSince } from '../edited-manifest';
import type { Installation } from '../installation';
import { record } from '../record';
import { namedForVaults } from '../vaults/named-for-vaults';

type Spec = Schedule['spec'];

/** What a person may change of a schedule; `undefined` takes a field away. */
export type ScheduleChange = Partial<
  Omit<
    Spec,
    'startAt' | 'resumedAt' | 'includeClusterInNames' | 'installationInNames' | 'savesVolumes' | 'skipSlots'
  >
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
 * @param change may depend on the spec that it changes: it is asked again when somebody else changes the schedule meanwhile
 */
export async function changeSchedule(
  installation: Installation,
  name: string,
  change: ScheduleChange | ((spec: Spec) => ScheduleChange),
  allow?: Precondition<Schedule>,
): Promise<Schedule> {
  const { state, clock } = installation;
  const edit = async ({ spec, ...rest }: Schedule) => {
    const changes = typeof change === 'function' ? change(spec) : change;
    const edited = { ...spec, ...changes, ...(isEdit(changes) && savesVolumes) };
    const changed = { ...rest, spec: resumed(spec, edited, clock.now()) };
    await assertSchedule(installation, state.schedules.check(changed));
    return namedForVaults(installation, changed);
  };
  return store(installation, name, { action: 'change', edit, allow });
}

/** What is set when a schedule is made or resumed, and changed by nobody. */
export const setByLifeboat = [
  'startAt',
  'resumedAt',
  'includeClusterInNames',
  'installationInNames',
  'savesVolumes',
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
  { dryRun = false, allow = unchangedSince(was) }: Replacing<Schedule> = {},
): Promise<Schedule | undefined> {
  const { state, clock } = installation;
  const edited = state.schedules.check(manifest);
  assertSameThing(was, edited, setByLifeboat);
  if (isDeepStrictEqual(edited, was)) return undefined;
  allow(was);
  const asked = { ...edited, spec: resumed(was.spec, { ...edited.spec, ...savesVolumes }, clock.now()) };
  await assertSchedule(installation, state.schedules.check(asked));
  const changed = await namedForVaults(installation, asked);
  if (dryRun) {
    await state.schedules.assertAdmitted(changed, was);
    return changed;
  }
  return store(installation, was.metadata.name, { action: 'change', edit: () => changed, allow });
}

const savesVolumes = { savesVolumes: true } as const;

/** Pausing and going on say nothing of what is backed up. */
function isEdit(changes: ScheduleChange): boolean {
  return Object.keys(changes).some((field) => field !== 'paused');
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
export async function pauseSchedule(
  installation: Installation,
  name: string,
  allow?: Precondition<Schedule>,
): Promise<Schedule> {
  const edit = ({ spec, ...rest }: Schedule) => ({ ...rest, spec: { ...spec, paused: true } });
  return store(installation, name, { action: 'change', edit, allow });
}

/** Slots come due again from now on; nothing is made for those that passed meanwhile. Fine when it was not paused. */
export async function unpauseSchedule(
  installation: Installation,
  name: string,
  allow?: Precondition<Schedule>,
): Promise<Schedule> {
  return changeSchedule(installation, name, { paused: false }, allow);
}

/**
 * Lets one slot pass, the next if none is named; answers with it. Throws `invalid` for a point in time that is no slot to
 * come or where 100 are skipped already, `not-found`.
 */
export async function skipSlot(
  installation: Installation,
  name: string,
  at?: Date,
  allow?: Precondition<Schedule>,
): Promise<Date> {
  let skipped: Date | undefined;
  const edit = ({ spec, ...rest }: Schedule) => {
    // Also when somebody else changes the schedule meanwhile: one slot is skipped, and not the next one too.
    skipped = slotToSkip({ ...rest, spec }, installation.clock.now(), skipped ?? at);
    const changed = {
      ...rest,
      spec: { ...spec, skipSlots: [...(spec.skipSlots ?? []), instant(skipped)].sort() },
    };
    assertSkips(changed, installation.clock.now());
    return changed;
  };
  await store(installation, name, { action: 'skip', edit, allow });
  return skipped!;
}

/** Throws `invalid` for a point in time that is no slot to come. */
function slotToSkip(schedule: Schedule, now: Date, at: Date | undefined): Date {
  // Asked for the moment before it is due, the next slot is the one that was named.
  const from = at ? Math.max(at.getTime() + jitterOf(schedule) - 1, now.getTime()) : now.getTime();
  const next = slotsOf(schedule).next(new Date(from));
  if (next && (!at || next.at.getTime() === at.getTime())) return next.at;
  const { name } = schedule.metadata;
  throw new LifeboatError(
    'invalid',
    `${at ? instant(at) : 'what follows'} is no slot of schedule "${name}" that is still to come`,
    { hint: `see its next slots with \`lifeboat schedule describe ${name}\`` },
  );
}

/** Its backups stay; nothing but their TTL and a person lets them go then. Throws `not-found`. */
export async function deleteSchedule(
  installation: Installation,
  name: string,
  allow?: Precondition<Schedule>,
): Promise<void> {
  await assertExists(installation.state.schedules, name);
  await installation.state.schedules.remove(name, allow);
  await record(installation, { action: 'delete', what: 'schedule', name });
}

interface ScheduleEdit {
  /** For the audit log. */
  action: string;
  edit(now: Schedule): Schedule | Promise<Schedule>;
  allow?: Precondition<Schedule>;
}

/** Stores a change without the skipped slots that decide nothing any more. */
async function store(
  installation: Installation,
  name: string,
  { action, edit, allow }: ScheduleEdit,
): Promise<Schedule> {
  const { state, clock } = installation;
  const saved = await state.schedules.change(
    name,
    async (now) => {
      const changed = await edit(now);
      const skipSlots = skipsToKeep(changed, clock.now());
      return {
        ...changed,
        spec: { ...changed.spec, skipSlots: skipSlots.length > 0 ? skipSlots : undefined },
      };
    },
    allow,
  );
  await record(installation, { action, what: 'schedule', name });
  return saved;
}
