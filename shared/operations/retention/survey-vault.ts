import pLimit from 'p-limit';
import { messageOf } from '../../platform/errors';
import { type BackupDirectory, backupDirectories } from '../../formats/vault/backup-directories';
import { type FactSources, readFacts } from './backup-facts';
import type { JudgedBackup } from './judged-backup';
import { etagsOf, type RetentionHint, recalled, remembered } from './retention-hint';

/** Everything in a vault that retention judges. */
export interface Survey {
  backups: JudgedBackup[];
  /** ETag of each backup's manifest. */
  manifests: Map<string, string>;
  /** Directories under `backups/`, those without a manifest too. */
  directories: Set<string>;
  /** Backups that could not be looked at now; another pass may. */
  failed: { name: string; reason: string }[];
  /** OSS's time. */
  now: Date;
  /** For the next pass. */
  known: Map<string, RetentionHint['backups'][string]>;
}

/**
 * Looks at all backups of a vault. Costs a listing of a page for each hundred backups, and up to five requests for each
 * backup that is new or changed since `known`: nothing is read twice.
 */
export async function surveyVault(sources: FactSources, known: RetentionHint['backups']): Promise<Survey> {
  const survey: Survey = {
    backups: [],
    manifests: new Map(),
    directories: new Set(),
    failed: [],
    now: new Date(0),
    known: new Map(),
  };
  const limit = pLimit(16);
  for await (const { directories, date } of backupDirectories(sources.vault)) {
    survey.now = date;
    await Promise.all(directories.map((directory) => limit(() => look(directory))));
  }
  survey.backups.sort((left, right) => (left.name < right.name ? -1 : 1));
  return survey;

  async function look(directory: BackupDirectory): Promise<void> {
    const { name, manifest } = directory;
    survey.directories.add(name);
    if (!manifest) return;
    survey.manifests.set(name, manifest.etag);
    const etags = etagsOf(directory);
    const earlier = Object.hasOwn(known, name) ? known[name] : undefined;
    try {
      const backup =
        earlier?.etags === etags ? recalled(name, earlier.facts) : await readFacts(sources, directory);
      if (!backup) return;
      survey.backups.push(backup);
      // Who may read it can change without any ETag.
      if (!backup.unread) survey.known.set(name, { etags, facts: remembered(backup) });
    } catch (error) {
      survey.failed.push({ name, reason: messageOf(error) });
      survey.backups.push({
        name,
        untouchable: `it could not be looked at: ${messageOf(error)}`,
        items: 0,
        madeAt: new Date(0),
        archiveReads: false,
      });
    }
  }
}
