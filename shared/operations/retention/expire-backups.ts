import { messageOf } from '../../platform/errors';
import type { Log } from '../../platform/log/log';
import { instant } from '../../formats/manifests/instant';
import type { Schedule } from '../../formats/manifests/schedule';
import type { PendingDeletion } from '../../formats/state/deletions';
import type { ManifestList } from '../../formats/state/manifests/manifest-reader';
import {
  carryOutDeletion,
  continueDeletions,
  type Deletion,
  underLegalHold,
  type KeepAfterAll,
  requestDeletion,
} from '../deletion/delete-backup';
import type { FactSources } from './backup-facts';
import { backupsInUse, type ReadRequests, readCircumstances } from './circumstances';
import { triedAgainAt, type WormDays } from './lock-end';
import { type RetentionHint, readRetentionHint, writeRetentionHint } from './retention-hint';
import { type Survey, surveyVault } from './survey-vault';
import { takeOverMarks } from './take-over-marks';
import { type Vanished, type VanishedFacts, vanishedFacts, vanishedOf } from './vanished';
import { type Verdict, verdicts } from './verdict';

export interface ExpiryJob extends FactSources {
  schedules: ManifestList<Schedule>;
  /** Without it nothing is known of locks. */
  wormDays?: WormDays;
  /** Puts a decision to delete a backup into the audit log. */
  audit(backup: string): Promise<void>;
  /** Tells people that backups are gone though nothing let them go. */
  tellVanished(vanished: Vanished): Promise<void>;
  log: Log;
}

export interface ExpiryReport {
  verdicts: Verdict[];
  deletions: Deletion[];
  failed: { name: string; reason: string }[];
  /** Names of backups that are gone from the vault though nothing let them go; each is named by one pass. */
  vanished: string[];
  /** Directories under `backups/`, as they were at the beginning. */
  directories: Set<string>;
}

/** What would be deleted in a vault, and why the rest stays; deletes and writes nothing. */
export async function planExpiry(job: Omit<ExpiryJob, 'audit' | 'tellVanished'>): Promise<Verdict[]> {
  const hint = await readRetentionHint(job.state, job.vaultName);
  const { survey, verdicts: judged } = await judgeVault(job, hint);
  return judged.map((verdict) => {
    const later = hint.later[verdict.name];
    if (!verdict.delete || later === undefined || Date.parse(later) <= survey.now.getTime()) return verdict;
    return { ...verdict, reason: `${verdict.reason}; WORM keeps it, tried again ${later}` };
  });
}

/**
 * Carries on the deletions that are under way in a vault, then decides on what is due and deletes it. One failure stops nothing
 * else.
 */
export async function expireBackups(job: ExpiryJob): Promise<ExpiryReport> {
  const { vault, vaultName, state, log, wormDays = async () => undefined } = job;
  const hint = await readRetentionHint(state, vaultName);
  const { survey, pending, held, verdicts: judged } = await judgeVault(job, hint);
  const report: ExpiryReport = {
    verdicts: judged,
    deletions: [],
    failed: [...survey.failed],
    vanished: [],
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
    if (how !== 'immutable') return;
    const again = instant(await triedAgainAt(vault, deletion, wormDays, survey.now));
    later.set(backup, again);
    log.warn(`Backup ${backup} is locked, tried again ${again}: ${deletion.reason}`, { name: backup });
  };
  const keep = reasonToKeep(job, judged);
  const isHeld = ({ backup, hiddenSince }: PendingDeletion) => hiddenSince !== undefined && held.has(backup);
  await takeOverMarks(job, survey, pending);
  // Before anything is deleted: a pass that is killed has told.
  const vanished = vanishedFacts(hint.backups, survey, pending, held);
  report.vanished = Object.keys(vanished).sort();
  const untold = await tellOrKeep(job, vanished, vanishedOf(vanished, hint.backups, survey));
  const waiting = new Set([...pending.values()].filter(isHeld).map(({ backup }) => backup));
  for (const backup of waiting) await note({ backup, state: 'held', reason: underLegalHold });
  const sweep = { keep, skip: (name: string) => later.has(name) || waiting.has(name) };
  for await (const deletion of continueDeletions(job, pending.values(), failed, sweep)) await note(deletion);
  for (const verdict of judged) {
    const { name, reason } = verdict;
    // What a person decided was carried on above.
    if (!verdict.delete || verdict.deletion || later.has(name) || taken.has(name)) continue;
    try {
      const etag = survey.manifests.get(name);
      const at = instant(survey.now);
      const decided = await requestDeletion(job, name, {
        by: 'retention',
        who: 'retention',
        at,
        reason,
        etag,
        nothingLeft: !pending.has(name),
      });
      if (decided) await job.audit(name);
      const deletion = await carryOutDeletion(job, name, { keep, decidedNow: decided });
      await note(deletion);
      if (deletion.state === 'hidden') log.info(`Backup ${name} ${reason}`, { name });
    } catch (error) {
      failed(name, error);
    }
  }
  const now = {
    backups: { ...untold, ...Object.fromEntries(survey.known) },
    later: Object.fromEntries(later),
  };
  await writeRetentionHint(state, vaultName, hint, now);
  return report;
}

/** Answers with what the next pass has to tell: all of it where people could not be told now. */
async function tellOrKeep(job: ExpiryJob, facts: VanishedFacts, vanished: Vanished): Promise<VanishedFacts> {
  if (vanished.names.length === 0) return {};
  try {
    await job.tellVanished(vanished);
    return {};
  } catch (error) {
    job.log.error('Backups that vanished could not be told of', { error: messageOf(error) });
    return facts;
  }
}

async function judgeVault(
  job: Omit<ExpiryJob, 'audit' | 'tellVanished'>,
  hint: RetentionHint,
): Promise<{
  survey: Survey;
  pending: Map<string, PendingDeletion>;
  held: ReadonlySet<string>;
  verdicts: Verdict[];
}> {
  const survey = await surveyVault(job, hint.backups);
  const circumstances = await readCircumstances(job.state, job.vaultName, job.schedules);
  const unseen = survey.failed[0];
  // A backup that is not seen now may be what another is measured against.
  const blocked = unseen && `backup ${unseen.name} could not be looked at`;
  return {
    survey,
    pending: circumstances.pending,
    held: circumstances.held,
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
  // A request never changes, so each open one is read once, however many backups go.
  const read: ReadRequests = new Map();
  return async (backup, by) => {
    if (by === 'person') return undefined;
    if (!going.has(backup)) return 'a rule keeps it again';
    const { inUse, blocked } = await backupsInUse(state, vaultName, read);
    return inUse.has(backup) ? 'an open restore names it' : blocked;
  };
}
