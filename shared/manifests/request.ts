import * as v from 'valibot';
import { backupSpecSchema } from './backup-spec';
import { instantSchema } from './instant';
import { markReasonSchema } from './mark-reason';
import { metadataSchema } from './metadata';
import { nameSchema } from './names';
import { parse } from './parse';
import { retentionSchema } from './retention';
import { timeZoneSchema } from './schedule';
import { restoreSpecSchema } from './restore-spec';
import type { BackupRequest, RestoreRequest } from './run';

export const backupRequestSchema = v.strictObject({
  kind: v.literal('BackupRequest'),
  metadata: metadataSchema,
  cluster: nameSchema,
  vault: nameSchema,
  spec: backupSpecSchema,
  schedule: v.optional(
    v.strictObject({
      name: nameSchema,
      slot: instantSchema,
      timeZone: v.optional(timeZoneSchema),
      retention: v.optional(retentionSchema),
    }),
  ),
  hold: v.optional(markReasonSchema),
});

export const restoreRequestSchema = v.strictObject({
  kind: v.literal('RestoreRequest'),
  metadata: metadataSchema,
  cluster: nameSchema,
  vault: nameSchema,
  spec: restoreSpecSchema,
  object: v.optional(
    v.strictObject({ resource: v.string(), namespace: v.optional(v.string()), name: v.string() }),
  ),
  allowEmptyVolumes: v.optional(v.boolean()),
  replication: v.optional(nameSchema),
});

/** Checks a request for a backup and fills in its defaults; throws LifeboatError `invalid` naming the field and the remedy. */
export function parseBackupRequest(value: unknown, what = 'the backup request'): BackupRequest {
  return parse(backupRequestSchema, value, what);
}

/** The same for a restore. */
export function parseRestoreRequest(value: unknown, what = 'the restore request'): RestoreRequest {
  return parse(restoreRequestSchema, value, what);
}
