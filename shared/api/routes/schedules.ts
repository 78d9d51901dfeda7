import * as v from 'valibot';
import { addSchedule, type ScheduleToAdd } from '../../app/schedules/add-schedule';
import {
  changeSchedule,
  deleteSchedule,
  pauseSchedule,
  type ScheduleChange,
  skipSlot,
  unpauseSchedule,
} from '../../app/schedules/change-schedule';
import { runSchedule } from '../../app/schedules/run-schedule';
import { scheduleStatuses } from '../../app/schedules/schedule-status';
import { instant, instantSchema } from '../../formats/manifests/instant';
import { labelsSchema } from '../../formats/manifests/metadata';
import { nameSchema } from '../../platform/input/names';
import { type Schedule, scheduleSchema } from '../../formats/manifests/schedule';
import { scheduleClusters } from '../../operations/schedule/schedule-clusters';
import { scheduleList, shownSchedule } from '../answers/manifests';
import { requestedRun } from '../answers/runs';
import { type Call, type Route, route } from '../route';
import {
  emptyBody,
  etagHeader,
  namePath,
  type ReadableManifests,
  readRoutes,
  replaceable,
  visibleManifest,
  written,
} from './manifest-routes';

const tag = 'Schedules';

export const scheduleManifests: ReadableManifests<Schedule> = {
  path: '/schedules',
  word: 'Schedule',
  tag,
  item: shownSchedule,
  list: scheduleList,
  folder: (state) => state.schedules,
  oneHas:
    '`status.clusters[].leftOut` has the newest 20 records of slots that have no backup, with the reasons.',
  visible: ({ reach }, schedule) => reach.schedule(schedule),
  async shown({ installation }, schedules, closely) {
    const statuses = await scheduleStatuses(installation, schedules, closely ? { leftOut: 20 } : {});
    return schedules.map((schedule, index) => ({ ...schedule, status: statuses[index] }));
  },
};

/** Set when the schedule is made, or by actions of their own. */
const {
  startAt: _s,
  resumedAt: _r,
  includeClusterInNames: _i,
  installationInNames: _n,
  savesVolumes: _v,
  skipSlots: _k,
  ...given
} = scheduleSchema.entries.spec.entries;

const newSchedule = v.strictObject({
  metadata: v.strictObject({ name: nameSchema, labels: v.optional(labelsSchema) }),
  spec: v.strictObject(given),
});

/** Fields that may be left out of a schedule; `null` takes one away. */
const scheduleChange = v.strictObject({
  spec: v.partial(
    v.strictObject({
      ...given,
      clusterSelector: v.nullish(given.clusterSelector.wrapped),
      copies: v.nullish(given.copies.wrapped),
      jitter: v.nullish(given.jitter.wrapped),
      windows: v.nullish(given.windows.wrapped),
      overdueAfter: v.nullish(given.overdueAfter.wrapped),
      retention: v.nullish(given.retention.wrapped),
    }),
  ),
});

const answers = { 200: { description: 'The schedule', content: scheduleSchema, headers: etagHeader } };

/** Every cluster of it must be within reach before anything is done to it. */
async function reached(call: Call, name: string): Promise<Schedule> {
  return visibleManifest(scheduleManifests, call, name);
}

/** Throws `denied` unless all clusters of a schedule are within reach. */
export function assertScheduleReach(
  { reach }: Pick<Call, 'reach'>,
  spec: { clusters?: string[]; clusterSelector?: unknown },
): void {
  if (spec.clusters) reach.assertClusters(spec.clusters);
  if (spec.clusterSelector) reach.assertEverything('a schedule with a clusterSelector');
}

export const scheduleRoutes: Route[] = [
  ...readRoutes(scheduleManifests),
  route({
    method: 'POST',
    path: '/schedules',
    id: 'createSchedule',
    tag,
    summary: 'Make a schedule',
    description: 'Its slots count from now: the first backup is that of its first slot.',
    role: 'admin',
    body: newSchedule,
    answers: {
      201: {
        description: 'The schedule',
        content: scheduleSchema,
        headers: { location: 'Where it is', ...etagHeader },
      },
    },
    problems: { 404: 'There is no such vault or cluster', 409: 'The name is taken' },
    async handle(call) {
      const { metadata, spec } = call.body;
      assertScheduleReach(call, spec);
      const made = await addSchedule(call.installation, { ...metadata, spec } as ScheduleToAdd);
      return written(201, made, { location: `/schedules/${metadata.name}` });
    },
  }),
  route({
    method: 'PATCH',
    path: '/schedules/{name}',
    id: 'changeSchedule',
    tag,
    summary: 'Change a schedule',
    description:
      'Fields that are named replace those of the schedule whole; `null` takes one away. No slot of the past comes due by it.',
    role: 'admin',
    parameters: namePath,
    body: scheduleChange,
    conditional: 'write',
    answers,
    async handle(call) {
      await reached(call, call.path.name);
      const change = Object.entries(call.body.spec).map(([field, value]) => [field, value ?? undefined]);
      const spec = Object.fromEntries(change) as ScheduleChange;
      assertScheduleReach(call, spec);
      const allow = replaceable(scheduleManifests, call);
      return written(200, await changeSchedule(call.installation, call.path.name, spec, allow));
    },
  }),
  route({
    method: 'DELETE',
    path: '/schedules/{name}',
    id: 'deleteSchedule',
    tag,
    summary: 'Delete a schedule; its backups stay',
    role: 'admin',
    parameters: namePath,
    conditional: 'write',
    answers: { 204: { description: 'It is gone' } },
    async handle(call) {
      await reached(call, call.path.name);
      await deleteSchedule(call.installation, call.path.name, replaceable(scheduleManifests, call));
      return { status: 204 };
    },
  }),
  ...(
    [
      ['pause', pauseSchedule, 'Let no slot come due until it is unpaused'],
      ['unpause', unpauseSchedule, 'Let slots come due again, from now on'],
    ] as const
  ).map(([action, change, summary]) =>
    route({
      method: 'POST',
      path: `/schedules/{name}/${action}`,
      id: `${action}Schedule`,
      tag,
      summary,
      role: 'operator',
      parameters: namePath,
      body: emptyBody,
      conditional: 'write',
      answers,
      async handle(call) {
        await reached(call, call.path.name);
        const allow = replaceable(scheduleManifests, call);
        return written(200, await change(call.installation, call.path.name, allow));
      },
    }),
  ),
  route({
    method: 'POST',
    path: '/schedules/{name}/skip',
    id: 'skipSlot',
    tag,
    summary: 'Let one slot pass: the next, or the one that is named',
    role: 'operator',
    parameters: namePath,
    body: v.strictObject({ slot: v.optional(instantSchema) }),
    conditional: 'write',
    answers: {
      200: { description: 'The slot', content: v.strictObject({ slot: instantSchema }) },
    },
    async handle(call) {
      await reached(call, call.path.name);
      const slot = call.body.slot === undefined ? undefined : new Date(call.body.slot);
      const allow = replaceable(scheduleManifests, call);
      const skipped = await skipSlot(call.installation, call.path.name, slot, allow);
      return { status: 200, body: { slot: instant(skipped) } };
    },
  }),
  route({
    method: 'POST',
    path: '/schedules/{name}/run',
    id: 'runSchedule',
    tag,
    summary: 'Ask now for the backups of a schedule',
    description: 'One for each of its clusters, or for those that are named. Poll each at `/backups/{name}`.',
    role: 'operator',
    parameters: namePath,
    body: v.strictObject({ clusters: v.optional(v.array(nameSchema)) }),
    startsRuns: true,
    answers: {
      202: {
        description: 'The backups that were asked for',
        content: v.strictObject({ backups: v.array(requestedRun) }),
      },
    },
    problems: { 409: 'One is under way, and the schedule forbids two at once' },
    async handle(call) {
      const { installation, quota } = call;
      const schedule = await reached(call, call.path.name);
      const registered = schedule.spec.clusterSelector
        ? (await installation.state.clusters.list()).items
        : [];
      const count = call.body.clusters?.length ?? scheduleClusters(schedule, registered).length;
      const requested = await quota.withinCount(count, async () =>
        runSchedule(installation, call.path.name, call.body.clusters),
      );
      const backups = requested.map(({ run, created, started }) => ({ name: run.name, created, started }));
      return { status: 202, body: { backups } };
    },
  }),
];
