import { messageOf } from '../platform/errors';
import type { RunKind } from '../formats/manifests/run';
import { openRuns } from '../formats/state/run/open-runs';
import { findRun, type Run, runListing, type RunListing } from '../formats/state/run/runs';
import type { RunId } from '../formats/state/run-keys';
import { continueAt, type Page, type PageQuery, placeIn } from './page';
import type { Call } from './route';

/** Runs read at once. */
const together = 8;

export interface RunPage extends Page<Run> {
  unreadable: { name: string; reason: string }[];
}

/**
 * A page of the runs of these kinds, by kind and name. Costs the listings of the kinds and what was not finished when somebody
 * last looked; of open runs alone four requests for each that is shown.
 */
export async function runPage(
  { installation: { state }, reach }: Call,
  kinds: readonly RunKind[],
  query: PageQuery & { open?: boolean },
): Promise<RunPage> {
  const place = placeIn(query.continue, 2);
  const listings = new Map<RunKind, RunListing>();
  if (!query.open) {
    await Promise.all(kinds.map(async (kind) => listings.set(kind, await runListing(state.store, kind))));
  }
  const ids = (await runIds()).filter((id) => place === undefined || isBehind(id, place));
  const page: RunPage = { metadata: {}, items: [], unreadable: [] };
  for (let next = 0; next < ids.length; next += together) {
    const found = await Promise.all(ids.slice(next, next + together).map(look));
    for (const [index, one] of found.entries()) {
      if (page.items.length === query.limit) {
        const { kind, name } = ids[next + index - 1]!;
        page.metadata.continue = continueAt(kind, name);
        await keep();
        return page;
      }
      if (one && 'reason' in one) page.unreadable.push(one);
      else if (one) page.items.push(one);
    }
  }
  await keep();
  return page;

  async function keep(): Promise<void> {
    await Promise.all([...listings.values()].map((listing) => listing.keep()));
  }

  async function runIds(): Promise<RunId[]> {
    const ids: RunId[] = [];
    for (const kind of kinds) {
      const listing = listings.get(kind);
      if (listing) ids.push(...listing.names.map((name) => ({ kind, name })));
      else for await (const { name } of openRuns(state.store, kind)) ids.push({ kind, name });
    }
    return ids.sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  }

  async function look(id: RunId): Promise<Run | { name: string; reason: string } | undefined> {
    try {
      const listing = listings.get(id.kind);
      const run = await (listing ? listing.find(id.name) : findRun(state.store, id));
      return run && (await reach.run(run.request)) ? run : undefined;
    } catch (error) {
      return reach.everything ? { name: idOf(id), reason: messageOf(error) } : undefined;
    }
  }
}

function idOf({ kind, name }: RunId): string {
  return `${kind}/${name}`;
}

function isBehind(id: RunId, [kind, name]: readonly string[]): boolean {
  return idOf(id) > `${kind}/${name}`;
}
