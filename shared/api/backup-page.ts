import { LifeboatError } from '../platform/errors';
import { type BackupStanding, backupStandings } from '../app/backups/backup-standings';
import { listKnownBackups } from '../app/backups/known-backups';
import { openRuns } from '../formats/state/run/open-runs';
import { findRun, type Run } from '../formats/state/run/runs';
import type { ListedBackup } from '../formats/vault/backups';
import { backupKeys } from '../formats/vault/layout';
import { continueAt, type Page, type PageQuery, placeIn } from './page';
import type { Call } from './route';

/** A backup that lies in a vault, or one that is under way. */
export type BackupRow = { name: string; vault: string } & Partial<
  Omit<ListedBackup, 'etag' | 'name'> & { reason: string } & BackupStanding
>;

type Found = BackupRow | { name: string; reason: string; unreadable: true };

/** Where a row stands: in a vault, or behind all vaults with those under way. */
const underWay = '~';

/**
 * A page of backups: vault by vault in the order of their keys, then those that are under way. Costs a listing for each
 * hundred backups, and a request for each whose manifest no list has read before.
 */
export async function backupPage(
  call: Call,
  query: PageQuery & { vault?: string },
): Promise<Page<BackupRow> & { unreadable: { name: string; reason: string }[] }> {
  const place = placeIn(query.continue, 2);
  const items: BackupRow[] = [];
  const unreadable: { name: string; reason: string }[] = [];
  let last = '';
  for await (const { at, found } of rows(call, query.vault, place)) {
    if ('unreadable' in found) {
      unreadable.push({ name: found.name, reason: found.reason });
      continue;
    }
    if (items.length === query.limit) return { metadata: { continue: last }, items, unreadable };
    items.push(found);
    last = continueAt(at, found.name);
  }
  return { metadata: {}, items, unreadable };
}

async function* rows(
  call: Call,
  only: string | undefined,
  [from, after]: string[] = [],
): AsyncGenerator<{ at: string; found: Found }, void> {
  const { state } = call.installation;
  const { vaults } = state;
  const manifests = only === undefined ? (await vaults.list()).items : [await vaults.get(only)];
  for (const vault of manifests) {
    const { name } = vault.metadata;
    if (from !== undefined && name < from) continue;
    const store = call.installation.openVaultStore(vault);
    let standing: ((backup: string) => BackupStanding) | undefined;
    for await (const page of listKnownBackups(state.store, { name, store }, name === from ? { after } : {})) {
      standing ??= await reachedStandings(call, name);
      const standingOf = standing;
      const found: Found[] = page.backups.map(({ etag: _, ...backup }) => ({
        ...backup,
        vault: name,
        ...standingOf(backup.name),
      }));
      for (const { name: backup, problem } of page.unreadable) {
        if (call.reach.everything)
          found.push({ name: `${name}/${backup}`, reason: problem, unreadable: true });
      }
      for (const row of found) {
        const visible = 'unreadable' in row || (await call.reach.backup(name, row.name));
        if (visible) yield { at: name, found: row };
      }
    }
  }
  for await (const run of backupsUnderWay(call)) {
    const { vault } = run.request;
    if ((only !== undefined && vault !== only) || (from === underWay && run.name <= (after ?? ''))) continue;
    yield { at: underWay, found: rowOf(run) };
  }
}

/** As `backupStandings`, without clusters out of the caller's reach. */
export async function reachedStandings(
  { installation, reach }: Call,
  vault: string,
): Promise<(backup: string) => BackupStanding> {
  const standingOf = await backupStandings(installation, vault);
  return (backup) => {
    const { replicated, ...standing } = standingOf(backup);
    const reached = replicated?.filter(({ cluster }) => reach.cluster(cluster)) ?? [];
    return { ...standing, ...(reached.length > 0 && { replicated: reached }) };
  };
}

/** Those that are asked for and not in their vault yet. */
async function* backupsUnderWay({ installation, reach }: Call): AsyncGenerator<Run, void> {
  const { store } = installation.state;
  for await (const { name } of openRuns(store, 'backups')) {
    const run = await findRun(store, { kind: 'backups', name }).catch(() => undefined);
    if (!run || run.result || !(await reach.run(run.request))) continue;
    const vault = await installation.openVault(run.request.vault).catch((error: unknown) => {
      if (error instanceof LifeboatError) return undefined;
      throw error;
    });
    if (!(await vault?.head(backupKeys(name).manifest))) yield run;
  }
}

function rowOf({ name, phase, request, progress }: Run): BackupRow {
  return {
    name,
    vault: request.vault,
    phase,
    ...(progress && { items: progress.done, startTimestamp: progress.at }),
  };
}
