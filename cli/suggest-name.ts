import { LifeboatError } from '../shared/platform/errors';
import type { Installation } from '../shared/app/installation';
import { nearName } from '../shared/platform/input/near-name';
import { runNames } from '../shared/formats/state/run/runs';
import type { State } from '../shared/formats/state/state';

/** How messages name what is not there (state/manifest-folder.ts, state/requests.ts, find-backup.ts). */
const said = /(?:there is no|nobody asked for) (\w+) "([^"]+)"/;

type Names = (state: State) => Promise<string[]>;

const listings: Record<string, Names> = {
  backup: ({ store }) => runNames(store, 'backups'),
  restore: ({ store }) => runNames(store, 'restores'),
  plan: ({ store }) => runNames(store, 'plans'),
  cluster: ({ clusters }) => namesIn(clusters),
  vault: ({ vaults }) => namesIn(vaults),
  schedule: ({ schedules }) => namesIn(schedules),
  replication: ({ replications }) => namesIn(replications),
  notification: ({ notifications }) => namesIn(notifications),
  token: ({ tokens }) => namesIn(tokens),
};

/** The name that was likely meant by one that is not there; undefined where nothing is near, or the error is another. */
export async function suggestName(
  error: unknown,
  open: () => Promise<Installation>,
): Promise<string | undefined> {
  if (!(error instanceof LifeboatError) || error.kind !== 'not-found') return undefined;
  const [, word = '', given = ''] = said.exec(error.message) ?? [];
  const names = Object.hasOwn(listings, word) ? listings[word] : undefined;
  if (!names) return undefined;
  try {
    return nearName(given, await names((await open()).state));
  } catch {
    // The error itself is what counts.
    return undefined;
  }
}

interface Named {
  metadata: { name: string };
}

async function namesIn(folder: { list(): Promise<{ items: Named[] }> }): Promise<string[]> {
  return (await folder.list()).items.map(({ metadata }) => metadata.name);
}
