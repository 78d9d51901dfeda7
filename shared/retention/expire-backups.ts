import { messageOf } from '../errors';
import type { Log } from '../log/log';
import { instant } from '../manifests/instant';
import type { Schedule } from '../manifests/schedule';
import { hasMark } from '../state/backup-marks';
import type { ManifestList } from '../state/manifests/manifest-folder';
import {
  continueDeletions,
  type Deletion,
  deleteBackup,
  type KeepAfterAll,
} from '../vault/delete/delete-backup';
import type { FactSources } from './backup-facts';
import { backupsInUse, readCircumstances } from './circumstances';
import { triedAgainAt, type WormDays } from './lock-end';
import { type RetentionHint, readRetentionHint, writeRetentionHint } from './retention-hint';
import { type Survey, surveyVault } from './survey-vault';
import { type Verdict, verdicts } from './verdict';

export interface ExpiryJob extends FactSources {
  schedules: ManifestList<Schedule>;
  /** Without it nothing is known of locks. */
  wormDays?: WormDays;
  log: Log;
}

export interface ExpiryReport {
  verdicts: Verdict[];
  deletions: Deletion[];
  failed: { name: string; reason: string }[];
  /** Directories under `backups/`, as they were at the beginning. */
  directories: Set<string>;
}

/** What would be deleted in a vault, and why the rest stays; deletes and writes nothing. */
export async function planExpiry(job: ExpiryJob): Promise<Verdict[]> {
  const hint = await readRetentionHint(job.state, job.vaultName);
  const { survey, verdicts: judged } = await judgeVault(job, hint);
  return judged.map((verdict) => {
    const later = hint.later[verdict.name];
    if (!verdict.delete || later === undefined || Date.parse(later) <= survey.now.getTime()) return verdict;
    return { ...verdict, reason: `${verdict.reason}; WORM keeps it, tried again ${later}` };
  });
}

/** Takes up the deletions under way in a vault, then deletes what is due. One failure stops nothing else. */
export async function expireBackups(job: ExpiryJob): Promise<ExpiryReport> {
  const { vault, vaultName, state, log, wormDays = async () => undefined } = job;
  const hint = await readRetentionHint(state, vaultName);
  const { survey, verdicts: judged } = await judgeVault(job, hint);
  const report: ExpiryReport = {
    verdicts: judged,
    deletions: [],
    failed: [...survey.failed],
    directories: survey.directories,
  };
  const failed = (name: string, error: unknown) => {
    log.error(`Backup ${name} could not be deleted`, { name, error: messageOf(error) });
    report.failed.push({ name, reason: messageOf(error) });
  };
  const later = new Map(Object.entries(hint.later).filter(([, at]) => Date.parse(at) > survey.now.getTime()));
  const taken = new Set<string>();
  const note = async (deletion: Deletion) => {
    report.deletions.push(deletion);
    taken.add(deletion.backup);
    const { backup, state: how } = deletion;
    if (how === 'deleted' && deletion.uploadsLeft !== undefined)
      log.warn(`Backup ${backup}: ${deletion.uploadsLeft}`, { name: backup });
    if (how !== 'immutable' && !(how === 'deleted' && deletion.marksLocked)) return;
    const again = instant(await triedAgainAt(vault, deletion, wormDays, survey.now));
    later.set(backup, again);
    if (how !== 'immutable') return;
    log.warn(`Backup ${backup} is locked, tried again ${again}: ${deletion.reason}`, { name: backup });
  };
  const keep = reasonToKeep(job, judged);
  const sweep = { keep, skip: (name: string) => later.has(name) };
  for await (const deletion of continueDeletions(vault, failed, sweep)) await note(deletion);
  for (const verdict of judged) {
    const { name, reason } = verdict;
    if (!verdict.delete || later.has(name) || taken.has(name)) continue;
    try {
      const etag = survey.manifests.get(name);
      const deletion = await deleteBackup(vault, name, { reason, by: 'retention', etag, keep });
      await note(deletion);
      if (deletion.state === 'hidden') log.info(`Backup ${name} ${reason}`, { name });
    } catch (error) {
      failed(name, error);
    }
  }
  const now = { backups: Object.fromEntries(survey.known), later: Object.fromEntries(later) };
  await writeRetentionHint(state, vaultName, hint, now);
  return report;
}

async function judgeVault(
  job: ExpiryJob,
  hint: RetentionHint,
): Promise<{ survey: Survey; verdicts: Verdict[] }> {
  const survey = await surveyVault(job, hint.backups);
  const circumstances = await readCircumstances(job.state, job.vaultName, job.schedules);
  const unseen = survey.failed[0];
  // A backup that is not seen now may be what another is measured against.
  const blocked = unseen && `backup ${unseen.name} could not be looked at`;
  return {
    survey,
    verdicts: verdicts(survey.backups, {
      ...circumstances,
      now: survey.now,
      ...(blocked !== undefined && { blocked }),
    }),
  };
}

/** Why a deletion that nothing shows of yet must stop: what a person or a restore did since, or no rule asks for it any more. */
function reasonToKeep(job: ExpiryJob, judged: readonly Verdict[]): KeepAfterAll {
  const { state, vaultName } = job;
  const going = new Set(judged.flatMap((verdict) => (verdict.delete ? [verdict.name] : [])));
  return async (backup, by) => {
    if (await hasMark(state, 'holds', { vault: vaultName, backup })) return 'under legal hold';
    if (by === 'person') return undefined;
    if (!going.has(backup)) return 'a rule keeps it again';
    const { inUse, blocked } = await backupsInUse(state, vaultName);
    return inUse.has(backup) ? 'an open restore names it' : blocked;
  };
}
