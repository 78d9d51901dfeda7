import type { Clock } from '../../../shared/clock';
import { LifeboatError } from '../../../shared/errors';
import type { BackupStanding } from '../../../shared/installation/backups/backup-standings';
import type { Installation } from '../../../shared/installation/installation';
import { listRuns, type Run } from '../../../shared/state/run/runs';
import { type ListedBackup, listBackups } from '../../../shared/vault/backups';
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
  let before: Row[] = [];
  // A plain table shows nothing of it, and asks for nothing.
  const withStanding = flags.output !== undefined && flags.output !== 'name';
  await showList(line, listing(line.clock), flags, async () => {
    const { rows, unreadable } = await backupRows(installation, vault, before, withStanding);
    before = rows;
    return named(name, rows, unreadable);
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

/** The one of that name, or all. */
function named(name: string | undefined, rows: Row[], unreadable: Unreadable[]) {
  if (name === undefined) return { items: rows, unreadable };
  const items = rows.filter((row) => row.name === name);
  if (items.length > 0) return { items };
  const problem = unreadable.find((one) => one.name.endsWith(`/${name}`));
  if (problem) throw new LifeboatError('corrupt', `backup "${name}" cannot be read: ${problem.reason}`);
  throw new LifeboatError('not-found', `there is no backup "${name}"`, {
    hint: 'see what there is with `lifeboat backup get`',
  });
}

/** What lies in the vaults, then the runs. @param before of an earlier look: what has not changed is not read again */
async function backupRows(
  installation: Installation,
  vault: string | undefined,
  before: readonly Row[],
  withStanding: boolean,
) {
  const { rows, unreadable } = await inVaults(installation, vault, before);
  if (withStanding) await addStandings(installation, rows);
  const listed = new Set(rows.map((row) => row.name));
  const runs = (await listRuns(installation.state.store, 'backups')).items;
  for (const run of runs) if (!listed.has(run.name) && isShown(run, vault)) rows.push(rowOfRun(run));
  return { rows, unreadable };
}

async function addStandings(installation: Installation, rows: Row[]): Promise<void> {
  const { backupStandings } = await import('../../../shared/installation/backups/backup-standings');
  for (const vault of new Set(rows.map((row) => row.vault))) {
    const standingOf = await backupStandings(installation, vault);
    for (const row of rows) if (row.vault === vault) row.standing = standingOf(row.name);
  }
}

async function inVaults(installation: Installation, vaultName: string | undefined, before: readonly Row[]) {
  const rows: Row[] = [];
  const unreadable: Unreadable[] = [];
  for (const vault of await someVaults(installation, vaultName)) {
    const seen = new Map(before.filter((row) => row.vault === vault.name).map((row) => [row.name, row]));
    const known = (name: string, etag: string) => {
      const row = seen.get(name);
      return row?.etag === etag ? (row as ListedBackup) : undefined;
    };
    for await (const page of listBackups(vault.store, { known })) {
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
