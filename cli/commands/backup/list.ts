import type { Clock } from '../../../shared/platform/clock';
import { LifeboatError } from '../../../shared/platform/errors';
import type { BackupStanding } from '../../../shared/app/backups/backup-standings';
import { listKnownBackups } from '../../../shared/app/backups/known-backups';
import type { Installation } from '../../../shared/app/installation';
import { isName } from '../../../shared/platform/input/names';
import { findRun, listRuns, type Run } from '../../../shared/formats/state/run/runs';
import { findListed, type ListedBackup } from '../../../shared/formats/vault/backups';
import type { CommandLine } from '../../command-line';
import { someVaults } from '../../find-backup';
import { ageOf, shortDuration } from '../../output/age';
import { standingWords } from '../../output/backup-standing';
import { type ListFlags, labelsOf, showList } from '../../output/list-flags';
import type { Listing } from '../../output/print';
import { size } from '../../output/size';

/** A backup that lies in a vault, or a run that has not put one there. */
type Row = Partial<ListedBackup> & {
  name: string;
  vault: string;
  reason?: string;
  standing?: BackupStanding;
};

interface Unreadable {
  name: string;
  reason: string;
}

/** Velero's, on what a schedule made. */
const scheduleLabel = 'velero.io/schedule-name';

/** Lists backups: what lies in the vaults, then what is under way or has failed. */
export async function backupList(
  line: CommandLine,
  name: string | undefined,
  { vault, ...flags }: ListFlags & { vault?: string },
): Promise<void> {
  const installation = await line.open();
  // A plain table shows nothing of it, and asks for nothing.
  const withStanding = flags.output !== undefined && flags.output !== 'name';
  await showList(line, listing(line.clock), flags, async () => {
    if (name !== undefined) {
      const { rows, unreadable } = await oneBackup(installation, name, vault);
      if (withStanding) await addStandings(installation, rows);
      return named(name, rows, unreadable);
    }
    const { rows, unreadable } = await backupRows(installation, vault, withStanding);
    return { items: rows, unreadable };
  });
}

function listing(clock: Clock): Listing<Row> {
  return {
    what: 'backups',
    headings: [
      'name',
      'phase',
      'items',
      'errors',
      'warnings',
      'size',
      'age',
      'expires in',
      'vault',
      'written by',
    ],
    row: (row) => [
      row.name,
      row.phase ?? '',
      count(row.items),
      count(row.errors),
      count(row.warnings),
      row.bytes === undefined ? '' : size(row.bytes),
      ageOf(row.startTimestamp, clock.now()),
      row.expiration === undefined ? '' : shortDuration(Date.parse(row.expiration) - clock.now().getTime()),
      row.vault,
      row.writer ?? '',
    ],
    wide: {
      headings: ['schedule', 'completed', 'expires', 'labels', 'standing', 'reason'],
      row: (row) => {
        const { [scheduleLabel]: schedule = '', ...labels } = row.labels ?? {};
        return [
          schedule,
          row.completionTimestamp ?? '',
          row.expiration ?? '',
          labelsOf({ labels }),
          standingWords(row.standing ?? {}).join('; '),
          row.reason ?? '',
        ];
      },
    },
  };
}

/** Throws `corrupt` or `not-found` where there is no row. */
function named(name: string, items: Row[], unreadable: Unreadable[]) {
  if (items.length > 0) return { items };
  const problem = unreadable.find((one) => one.name.endsWith(`/${name}`));
  if (problem) throw new LifeboatError('corrupt', `backup "${name}" cannot be read: ${problem.reason}`);
  throw new LifeboatError('not-found', `there is no backup "${name}"`, {
    hint: 'see what there is with `lifeboat backup get`',
  });
}

/** One backup wherever it lies, else its run: a listing of its directory and a request a vault, and three or four for the run. */
async function oneBackup(installation: Installation, name: string, vaultName: string | undefined) {
  const rows: Row[] = [];
  const unreadable: Unreadable[] = [];
  if (!/^[^/]+$/.test(name)) return { rows, unreadable };
  for (const vault of await someVaults(installation, vaultName)) {
    const found = await findListed(vault.store, name);
    if (found && 'problem' in found)
      unreadable.push({ name: `${vault.name}/${name}`, reason: found.problem });
    else if (found) rows.push({ ...found, vault: vault.name });
  }
  if (rows.length + unreadable.length > 0 || !isName(name)) return { rows, unreadable };
  const run = await findRun(installation.state.store, { kind: 'backups', name });
  if (run && isShown(run, vaultName)) rows.push(rowOfRun(run));
  return { rows, unreadable };
}

/** Lists the backups that lie in the vaults, then those that only have a run. */
async function backupRows(installation: Installation, vault: string | undefined, withStanding: boolean) {
  const { rows, unreadable } = await inVaults(installation, vault);
  if (withStanding) await addStandings(installation, rows);
  const listed = new Set(rows.map((row) => row.name));
  const runs = (await listRuns(installation.state.store, 'backups')).items;
  for (const run of runs) if (!listed.has(run.name) && isShown(run, vault)) rows.push(rowOfRun(run));
  return { rows, unreadable };
}

async function addStandings(installation: Installation, rows: Row[]): Promise<void> {
  const { backupStandings } = await import('../../../shared/app/backups/backup-standings');
  for (const vault of new Set(rows.map((row) => row.vault))) {
    const standingOf = await backupStandings(installation, vault);
    for (const row of rows) if (row.vault === vault) row.standing = standingOf(row.name);
  }
}

async function inVaults(installation: Installation, vaultName: string | undefined) {
  const rows: Row[] = [];
  const unreadable: Unreadable[] = [];
  for (const vault of await someVaults(installation, vaultName)) {
    for await (const page of listKnownBackups(installation.state.store, vault)) {
      rows.push(...page.backups.map((backup) => ({ ...backup, vault: vault.name })));
      unreadable.push(
        ...page.unreadable.map(({ name, problem }) => ({ name: `${vault.name}/${name}`, reason: problem })),
      );
    }
  }
  return { rows, unreadable };
}

/** A completed run whose backup is gone has expired or was deleted: there is nothing left to show. */
function isShown(run: Run, vault: string | undefined): boolean {
  return (
    (vault === undefined || run.request.vault === vault) &&
    (run.result === undefined || run.phase === 'Failed')
  );
}

function rowOfRun(run: Run): Row {
  const { result, progress } = run;
  return {
    name: run.name,
    vault: run.request.vault,
    phase: run.phase,
    items: progress?.done,
    errors: result?.errors,
    warnings: result?.warnings,
    startTimestamp: result?.startTimestamp ?? progress?.at,
    completionTimestamp: result?.completionTimestamp,
    labels: run.request.metadata.labels,
    reason: result?.reason,
  };
}

function count(value: number | undefined): string {
  return value === undefined ? '' : String(value);
}
