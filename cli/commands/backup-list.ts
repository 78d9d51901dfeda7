import { LifeboatError } from '../../shared/errors';
import type { Installation } from '../../shared/installation/installation';
import { listRuns, type Run } from '../../shared/state/runs';
import { type ListedBackup, listBackups } from '../../shared/vault/backups';
import type { CommandLine } from '../command-line';
import { someVaults } from '../find-backup';
import { ageOf, shortDuration } from '../output/age';
import type { OutputFormat } from '../output/document';
import { printList } from '../output/print';
import { size } from '../output/size';

/** A backup that lies in a vault, or a run that has not put one there. */
type Row = Partial<ListedBackup> & { name: string; vault: string; reason?: string };

/** Lists backups: what lies in the vaults, then what is under way or has failed. */
export async function backupList(
  line: CommandLine,
  name: string | undefined,
  options: { vault?: string; output?: OutputFormat },
): Promise<void> {
  const installation = await line.open();
  const { rows, unreadable } = await inVaults(installation, options.vault);
  const listed = new Set(rows.map((row) => row.name));
  const runs = (await listRuns(installation.state.store, 'backups')).items;
  for (const run of runs) if (!listed.has(run.name) && isShown(run, options.vault)) rows.push(rowOfRun(run));
  const wanted = name === undefined ? rows : rows.filter((row) => row.name === name);
  if (name !== undefined && wanted.length === 0) {
    const problem = unreadable.find((one) => one.name.endsWith(`/${name}`));
    if (problem) throw new LifeboatError('corrupt', `backup "${name}" cannot be read: ${problem.reason}`);
    throw new LifeboatError('not-found', `there is no backup "${name}"`, {
      hint: 'see what there is with `lifeboat backup get`',
    });
  }
  const now = line.clock.now();
  printList(
    line,
    {
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
        ageOf(row.startTimestamp, now),
        row.expiration === undefined ? '' : shortDuration(Date.parse(row.expiration) - now.getTime()),
        row.vault,
        row.writer ?? '',
      ],
    },
    wanted,
    { output: options.output, unreadable: name === undefined ? unreadable : [] },
  );
}

async function inVaults(installation: Installation, vaultName: string | undefined) {
  const rows: Row[] = [];
  const unreadable: { name: string; reason: string }[] = [];
  for (const vault of await someVaults(installation, vaultName)) {
    for await (const page of listBackups(vault.store)) {
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
    reason: result?.reason,
  };
}

function count(value: number | undefined): string {
  return value === undefined ? '' : String(value);
}
