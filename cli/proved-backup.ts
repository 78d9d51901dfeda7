import type { Installation } from '../shared/app/installation';
import type { ProvedBackup } from '../shared/operations/origin/prove-backup';
import type { SkippedEntry } from '../shared/formats/vault/archive/skipped-entries';
import type { CommandLine } from './command-line';
import { exitCodes } from './exit-codes';
import { type OpenedVault, vaultOfBackup } from './find-backup';

/** Which backup a command reads. */
export interface BackupToRead {
  backup: string;
  /** Vault that was named; without it the backup is looked for. */
  vault?: string;
  /** Name of the backup that is read although it cannot be proved. */
  unproved?: string;
}

/**
 * Finds a backup and proves its origin before anything else of it is read. A note says it where nothing proves the backup, and
 * the audit log where somebody takes it all the same.
 * @returns the vault, which gives the bytes that were judged
 * @throws LifeboatError as `vaultOfBackup` and `provedBackup` do
 */
export async function provedVaultOf(
  line: CommandLine,
  installation: Installation,
  { backup, vault, unproved }: BackupToRead,
): Promise<OpenedVault & { origin: ProvedBackup['origin'] }> {
  const [{ provedBackup }, { originLine }] = await Promise.all([
    import('../shared/app/backups/proved-backup'),
    import('../shared/formats/manifests/origin-verdict'),
  ]);
  const { name } = await vaultOfBackup(installation, backup, vault);
  const terms = { vault: name, backup, ...(unproved !== undefined && { unproved }) };
  const { origin, vault: store } = await provedBackup(installation, terms);
  if (origin.verdict === 'unproved') {
    const { record } = await import('../shared/app/record');
    await record(installation, {
      action: 'take',
      what: 'unproved backup to read',
      name: `${name}/${backup}`,
    });
  }
  if (origin.verdict !== 'proved') line.screen.note(`Origin of backup ${backup}: ${originLine(origin)}.`);
  return { name, store, origin };
}

/** Tells of an entry of a backup that cannot be read; the command shows the others and exits as for damaged data. */
export function tellSkipped(line: CommandLine, backup: string, { message }: SkippedEntry): void {
  line.screen.note(`Backup ${backup}: ${message}; it is left out.`);
  line.exitWith(exitCodes.corrupt);
}
