import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { healthOf } from '../installation/health';
import type { Installation } from '../installation/installation';
import { requestBackup, requestRestore } from '../installation/request';
import type { Requested } from '../runs/request-run';
import { isBearer } from './bearer';
import { jsonBody } from './json-body';
import { problem, problemResponse } from './problem';
import { backupRequestOf, restoreRequestOf } from './run-request';
import { addReplicationRoutes } from './replication-routes';
import { addRunRoutes } from './run-routes';
import { addScheduleRoutes } from './schedule-routes';

export interface ApiOptions {
  /** Called once the caller is known. */
  open(): Promise<Installation>;
  /** Of the bearer token that callers must send, in hex; without it the trigger in front answers for who calls. */
  tokenSha256?: string;
}

const maxBody = 1024 * 1024;

/**
 * The HTTP API: `POST /backups` and `POST /restores` start runs and answer 202 with the `Location` to poll;
 * what there is to one run is in run-routes.ts; schedules as in schedule-routes.ts, replications as in replication-routes.ts; `GET /health`, which
 * answers 503 when the ticks have stopped. Errors are problem+json.
 */
export function createApi({ open, tokenSha256 }: ApiOptions): Hono {
  const api = new Hono();
  api.onError((error) => problem(error));
  api.notFound(() =>
    problemResponse(
      404,
      'there is no such path',
      'use /backups, /restores, /schedules, /replications or /health',
    ),
  );
  api.use(async (call, next) => {
    if (tokenSha256 && !isBearer(call.req.header('authorization'), tokenSha256)) {
      return problemResponse(
        401,
        'the bearer token is missing or wrong',
        'send Authorization: Bearer <token>',
      );
    }
    return next();
  });
  api.use(
    bodyLimit({
      maxSize: maxBody,
      onError: () => problemResponse(413, 'the body is too large', 'send at most 1 MiB'),
    }),
  );

  api.get('/health', async (call) => {
    const health = await healthOf(await open());
    return call.json(health, health.status === 'silent' ? 503 : 200);
  });
  api.post('/backups', async (call) => {
    const request = backupRequestOf(await jsonBody(call));
    return accepted(call, await requestBackup(await open(), request));
  });
  api.post('/restores', async (call) => {
    const request = restoreRequestOf(await jsonBody(call));
    return accepted(call, await requestRestore(await open(), request));
  });
  addRunRoutes(api, open);
  addScheduleRoutes(api, open);
  addReplicationRoutes(api, open);
  return api;
}

function accepted(call: Context, { run, created, started }: Requested): Response {
  return call.json({ name: run.name, created, started }, 202, { location: `/${run.kind}/${run.name}` });
}
