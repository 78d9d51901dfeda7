import type { Hono } from 'hono';
import * as v from 'valibot';
import { pauseSchedule, skipSlot, unpauseSchedule } from '../installation/change-schedule';
import type { Installation } from '../installation/installation';
import { runSchedule } from '../installation/run-schedule';
import { scheduleStatuses } from '../installation/schedule-status';
import { instant, instantSchema } from '../manifests/instant';
import { nameSchema } from '../manifests/names';
import { parse } from '../manifests/parse';
import type { Schedule } from '../manifests/schedule';
import { jsonBody } from './json-body';

const emptyBody = v.strictObject({});
const skipBody = v.strictObject({ slot: v.optional(instantSchema) });
const runBody = v.strictObject({ clusters: v.optional(v.array(nameSchema)) });

/**
 * `GET /schedules`, `GET /schedules/:name`: manifests and how they stand. `POST /schedules/:name/pause` and `unpause` (`{}`),
 * `skip` (`{slot?}`, answers with the slot) and `run` (`{clusters?}`, answers 202 with the backups asked for).
 */
export function addScheduleRoutes(api: Hono, open: () => Promise<Installation>): void {
  const shown = async (installation: Installation, schedules: Schedule[]) => {
    const statuses = await scheduleStatuses(installation, schedules);
    return schedules.map((schedule, index) => ({ ...schedule, status: statuses[index] }));
  };
  api.get('/schedules', async (call) => {
    const installation = await open();
    const { items, unreadable } = await installation.state.schedules.list();
    return call.json({ items: await shown(installation, items), unreadable });
  });
  api.get('/schedules/:name', async (call) => {
    const installation = await open();
    const schedule = await installation.state.schedules.get(call.req.param('name'));
    return call.json((await shown(installation, [schedule]))[0]);
  });
  for (const [action, change] of [
    ['pause', pauseSchedule],
    ['unpause', unpauseSchedule],
  ] as const) {
    api.post(`/schedules/:name/${action}`, async (call) => {
      parse(emptyBody, await jsonBody(call), 'the request');
      return call.json(await change(await open(), call.req.param('name')));
    });
  }
  api.post('/schedules/:name/skip', async (call) => {
    const { slot } = parse(skipBody, await jsonBody(call), 'the request');
    const skipped = await skipSlot(await open(), call.req.param('name'), slot ? new Date(slot) : undefined);
    return call.json({ slot: instant(skipped) });
  });
  api.post('/schedules/:name/run', async (call) => {
    const { clusters } = parse(runBody, await jsonBody(call), 'the request');
    const requested = await runSchedule(await open(), call.req.param('name'), clusters);
    return call.json(
      { backups: requested.map(({ run, created, started }) => ({ name: run.name, created, started })) },
      202,
    );
  });
}
