import { join } from 'node:path';
import type { OssTrigger } from './fc/fc-host';
import type { HostedFunction } from './fc/hosted-function';
import type { TimerTrigger } from './fc/timers';

const minute = 60_000;

/** The functions of `s.yaml` as one machine runs them, with the same names, time limits and triggers. */
export function oneMachineFunctions(
  dist: string,
  environment: Record<string, string>,
): { functions: HostedFunction[]; timers: TimerTrigger[]; http: string } {
  const hosted = (name: string, timeout: number, maxAsyncRetryAttempts = 3): HostedFunction => ({
    name: `lifeboat-${name}`,
    bundle: join(dist, 'functions', name, 'index.js'),
    timeout,
    environment,
    maxAsyncRetryAttempts,
  });
  return {
    functions: [
      // A worker that fails is started again by the tick, never by FC: each start has a number of its own.
      hosted('backup', 86_400, 0),
      hosted('restore', 86_400, 0),
      hosted('scheduled-backup', 300),
      hosted('cross-cluster-restore', 300),
      hosted('retention-expiry', 3_600),
      hosted('api', 60),
    ],
    timers: [
      { function: 'lifeboat-scheduled-backup', triggerName: 'every-minute', every: minute },
      { function: 'lifeboat-retention-expiry', triggerName: 'every-hour', every: 60 * minute },
    ],
    http: 'lifeboat-api',
  };
}

/** A backup that has landed in the bucket, wherever in it. */
export function landedBackupTrigger(bucket: string): OssTrigger {
  return {
    function: 'lifeboat-cross-cluster-restore',
    filter: {
      bucket,
      events: ['oss:ObjectCreated:PutObject', 'oss:ObjectCreated:CompleteMultipartUpload'],
      prefix: '',
      suffix: 'velero-backup.json',
    },
  };
}
