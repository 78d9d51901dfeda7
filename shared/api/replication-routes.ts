import type { Hono } from 'hono';
import * as v from 'valibot';
import { pauseReplication, unpauseReplication } from '../installation/change-replication';
import type { Installation } from '../installation/installation';
import { replicationStatuses } from '../installation/replication-status';
import { parse } from '../manifests/parse';
import type { Replication } from '../manifests/replication';
import { jsonBody } from './json-body';

const emptyBody = v.strictObject({});

/**
 * `GET /replications`, `GET /replications/:name`: manifests and how they stand. `POST /replications/:name/pause` and
 * `unpause` (`{}`).
 */
export function addReplicationRoutes(api: Hono, open: () => Promise<Installation>): void {
  const shown = async (installation: Installation, rules: Replication[]) => {
    const statuses = await replicationStatuses(installation, rules);
    return rules.map((rule, index) => ({ ...rule, status: statuses[index] }));
  };
  api.get('/replications', async (call) => {
    const installation = await open();
    const { items, unreadable } = await installation.state.replications.list();
    return call.json({ items: await shown(installation, items), unreadable });
  });
  api.get('/replications/:name', async (call) => {
    const installation = await open();
    const rule = await installation.state.replications.get(call.req.param('name'));
    return call.json((await shown(installation, [rule]))[0]);
  });
  for (const [action, change] of [
    ['pause', pauseReplication],
    ['unpause', unpauseReplication],
  ] as const) {
    api.post(`/replications/:name/${action}`, async (call) => {
      parse(emptyBody, await jsonBody(call), 'the request');
      return call.json(await change(await open(), call.req.param('name')));
    });
  }
}
