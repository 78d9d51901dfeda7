import * as v from 'valibot';
import { backupSpecSchema } from '../formats/manifests/backup-spec';
import { clusterSchema } from '../formats/manifests/cluster';
import { labelSelectorSchema } from '../formats/manifests/selection/label-selector';
import { metadataSchema } from '../formats/manifests/metadata';
import { notificationSchema } from '../formats/manifests/notification';
import { replicationSchema } from '../formats/manifests/replication';
import { restoreSpecSchema } from '../formats/manifests/restore-spec';
import { retentionSchema } from '../formats/manifests/retention';
import { scheduleSchema } from '../formats/manifests/schedule';
import { vaultSchema } from '../formats/manifests/vault';
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
const problemAnswer = v.strictObject({
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
