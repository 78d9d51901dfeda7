import type { Hono } from 'hono';
import * as v from 'valibot';
import { LifeboatError } from '../errors';
import { cancel } from '../installation/cancel';
import type { Installation } from '../installation/installation';
import { runLog } from '../installation/run-log';
import { parse } from '../manifests/parse';
import { runWord } from '../state/run-keys';
import { findRun } from '../state/runs';
import { jsonBody } from './json-body';

const emptyBody = v.strictObject({});
/** What Function Compute lets an answer hold, with room to spare. */
const maxLog = 4 * 1024 * 1024;

/**
 * For `backups` and `restores`: `GET /<kind>/:name`, how far a run is; `GET /<kind>/:name/log`, its log, also while it goes on
 * (the last 4 MiB of it); `POST /<kind>/:name/cancel` (`{}`), which answers 200 with the run when it has ended, else 202.
 */
export function addRunRoutes(api: Hono, open: () => Promise<Installation>): void {
  for (const kind of ['backups', 'restores'] as const) {
    const shown = async (installation: Installation, name: string) => {
      const run = await findRun(installation.state.store, { kind, name });
      if (run) return run;
      throw new LifeboatError('not-found', `nobody asked for ${runWord(kind)} "${name}"`);
    };
    api.get(`/${kind}/:name`, async (call) => call.json(await shown(await open(), call.req.param('name'))));
    api.get(`/${kind}/:name/log`, async (call) => {
      const run = { kind, name: call.req.param('name') };
      let text = Buffer.alloc(0);
      for await (const piece of runLog(await open(), run)) {
        text = Buffer.concat([text, piece]).subarray(-maxLog);
      }
      return call.body(text.toString('utf8'), 200, { 'content-type': 'text/plain; charset=utf-8' });
    });
    api.post(`/${kind}/:name/cancel`, async (call) => {
      parse(emptyBody, await jsonBody(call), 'the request');
      const installation = await open();
      const name = call.req.param('name');
      const result = await cancel(installation, { kind, name });
      return call.json(await shown(installation, name), result ? 200 : 202);
    });
  }
}
