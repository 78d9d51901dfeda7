import { type BareApi, bareRequest } from '../local/proof/bare-api';
import type { BenchObject } from './realistic-objects';

/** Reads every page of every given collection on as many connections as the agent has; returns the objects' count. */
export async function bareList(api: BareApi, collections: readonly string[]): Promise<number> {
  const queue = [...collections];
  let items = 0;
  const worker = async () => {
    for (let collection = queue.shift(); collection !== undefined; collection = queue.shift()) {
      let next = '';
      do {
        const page = await bareRequest(api, 'GET', `${collection}?limit=500${next}`);
        items += countItems(page);
        const found =
          /"continue":"([^"]+)"/.exec(page.toString('latin1', 0, 2000)) ??
          /"continue":"([^"]+)"/.exec(page.toString('latin1', page.length - 2000));
        next = found ? `&continue=${found[1]}` : '';
      } while (next !== '');
    }
  };
  await Promise.all(Array.from({ length: api.agent.maxSockets }, worker));
  return items;
}

/** Creates the objects by as many workers as the agent has sockets. */
export async function bareCreate(api: BareApi, objects: readonly BenchObject[]): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let object = objects[next++]; object !== undefined; object = objects[next++]) {
      await bareRequest(api, 'POST', object.collection, object.body);
    }
  };
  await Promise.all(Array.from({ length: api.agent.maxSockets }, worker));
}

function countItems(page: Buffer): number {
  let count = 0;
  for (let at = page.indexOf('"uid":"'); at >= 0; at = page.indexOf('"uid":"', at + 7)) count++;
  return count;
}
