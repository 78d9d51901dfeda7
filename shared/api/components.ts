import * as v from 'valibot';
import { backupSpecSchema } from '../manifests/backup-spec';
import { clusterSchema } from '../manifests/cluster';
import { labelSelectorSchema } from '../manifests/label-selector';
import { metadataSchema } from '../manifests/metadata';
import { notificationSchema } from '../manifests/notification';
import { replicationSchema } from '../manifests/replication';
import { restoreSpecSchema } from '../manifests/restore-spec';
import { retentionSchema } from '../manifests/retention';
import { scheduleSchema } from '../manifests/schedule';
import { vaultSchema } from '../manifests/vault';
import { listedBackup, resultsAnswer, shownBackup } from './answers/backups';
import { listMetadata, unreadableItem } from './answers/list';
import { shownReplication, shownSchedule } from './answers/manifests';
import { planSummaryAnswer, plannedObjectAnswer } from './answers/plans';
import { verdictAnswer } from './answers/retention';
import {
  backupRun,
  copyRun,
  planRun,
  progressAnswer,
  requestedRun,
  restoreRun,
  resultAnswer,
} from './answers/runs';
import type { Schema } from './route';

/** RFC 9457. */
export const problemAnswer = v.strictObject({
  type: v.literal('about:blank'),
  title: v.string(),
  status: v.number(),
  detail: v.pipe(v.string(), v.description('One line that names the thing')),
  hint: v.optional(v.pipe(v.string(), v.description('What to do about it'))),
});

/** Schemas that have a name in the document. */
export const components: Record<string, Schema> = {
  Backup: shownBackup,
  BackupRun: backupRun,
  BackupSpec: backupSpecSchema,
  Cluster: clusterSchema,
  CopyRun: copyRun,
  LabelSelector: labelSelectorSchema,
  ListMetadata: listMetadata,
  ListedBackup: listedBackup,
  Metadata: metadataSchema,
  Notification: notificationSchema,
  PlannedObject: plannedObjectAnswer,
  PlanRun: planRun,
  PlanSummary: planSummaryAnswer,
  Problem: problemAnswer,
  Progress: progressAnswer,
  Replication: replicationSchema,
  ReplicationWithStatus: shownReplication,
  RequestedRun: requestedRun,
  RestoreRun: restoreRun,
  RestoreSpec: restoreSpecSchema,
  Results: resultsAnswer,
  Retention: retentionSchema,
  RunResult: resultAnswer,
  Schedule: scheduleSchema,
  ScheduleWithStatus: shownSchedule,
  Unreadable: unreadableItem,
  Vault: vaultSchema,
  Verdict: verdictAnswer,
};
