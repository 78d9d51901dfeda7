import * as v from 'valibot';
import {
  backupRequestSchema,
  copyRequestSchema,
  planRequestSchema,
  restoreRequestSchema,
} from '../../formats/manifests/request';
import { progressSchema } from '../../formats/state/run/progress';
import { resultSchema } from '../../formats/state/run/results';
import { runKinds } from '../../formats/state/run-keys';
import { listAnswer } from './list';

export const runKindSchema = v.picklist(runKinds);

export const progressAnswer = v.strictObject(progressSchema.entries);
export const resultAnswer = v.strictObject(resultSchema.entries);

const state = {
  name: v.string(),
  phase: v.pipe(
    v.picklist(['New', 'InProgress', 'Completed', 'PartiallyFailed', 'Failed']),
    v.description('`New` before the first worker, `InProgress` while one lives or is awaited'),
  ),
  live: v.pipe(v.boolean(), v.description('Whether a worker is at it')),
  starts: v.number(),
  progress: v.optional(progressAnswer),
  result: v.optional(resultAnswer),
};

export const backupRun = v.strictObject({
  kind: v.literal('backups'),
  ...state,
  request: backupRequestSchema,
});

export const restoreRun = v.strictObject({
  kind: v.literal('restores'),
  ...state,
  request: restoreRequestSchema,
});

export const planRun = v.strictObject({
  kind: v.literal('plans'),
  ...state,
  request: planRequestSchema,
});

export const copyRun = v.strictObject({
  kind: v.literal('copies'),
  ...state,
  request: copyRequestSchema,
});

const runAnswer = v.variant('kind', [backupRun, restoreRun, planRun, copyRun]);
export const runList = listAnswer(runAnswer);

export const requestedRun = v.strictObject({
  name: v.string(),
  created: v.pipe(v.boolean(), v.description('False when the same had been asked for before')),
  started: v.pipe(v.boolean(), v.description('False when no worker was started now; the next tick does it')),
});
