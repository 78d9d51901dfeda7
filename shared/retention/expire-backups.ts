import { messageOf } from '../errors';
import type { Log } from '../log/log';
import type { ObjectStore } from '../store/port';
import { continueDeletions, type Deletion, deleteBackup } from '../vault/delete-backup';
import { judgedBackups } from './judge-vault';
import { type Verdict, verdicts } from './verdict';

export interface ExpiryJob {
  vault: ObjectStore;
  installation: string;
  /** Backups of this vault that open restores read. */
  inUse: ReadonlySet<string>;
  log: Log;
}

export interface ExpiryReport {
  verdicts: Verdict[];
  deletions: Deletion[];
  failed: { name: string; reason: string }[];
}

/** What would be deleted in a vault, and why; deletes nothing. */
export async function planExpiry({ vault, installation, inUse }: ExpiryJob): Promise<Verdict[]> {
  const { backups, now } = await judgedBackups(vault);
  return verdicts(backups, { installation, now, inUse });
}

/** Takes up the deletions under way in a vault, then deletes what is due. One failure stops nothing else. */
export async function expireBackups(job: ExpiryJob): Promise<ExpiryReport> {
  const { vault, log } = job;
  const report: ExpiryReport = { verdicts: await planExpiry(job), deletions: [], failed: [] };
  const failed = (name: string, error: unknown) => {
    const reason = messageOf(error);
    log.error(`Backup ${name} could not be deleted`, { name, error: reason });
    report.failed.push({ name, reason });
  };
  for await (const deletion of continueDeletions(vault, failed)) report.deletions.push(deletion);
  for (const verdict of report.verdicts) {
    if (!verdict.delete) continue;
    try {
      report.deletions.push(await deleteBackup(vault, verdict.name, { reason: verdict.reason }));
      log.info(`Deleted backup ${verdict.name}: ${verdict.reason}`, { name: verdict.name });
    } catch (error) {
      failed(verdict.name, error);
    }
  }
  return report;
}
