import { join } from 'node:path';
import type { OssTrigger } from './fc/fc-host';
import type { HostedFunction } from './fc/hosted-function';
import type { TimerTrigger } from './fc/timers';

const minute = 60_000;

/**
 * Keeps the memory of a worker small, as `s.yaml` does: the young generation of the heap, whose size V8 otherwise lets
 * grow to 48 MB, and the memory that malloc would keep for buffers that are gone.
 */
export const workerMemory = {
  NODE_OPTIONS: '--max-semi-space-size=2 --max-old-space-size=256',
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '131072',
};

/**
 * The functions of `s.yaml` as one machine runs them, with the same names, time limits and triggers.
 * @param signing for the function that signs backups, and no other
 */
export function oneMachineFunctions(
  dist: string,
  environment: Record<string, string>,
  signing: Record<string, string> = {},
): { functions: HostedFunction[]; timers: TimerTrigger[]; http: string } {
  const hosted = (name: string, timeout: number, maxAsyncRetryAttempts = 3): HostedFunction => ({
    name: `lifeboat-${name}`,
    ...(name !== 'notify' && { onFailure: 'lifeboat-notify' }),
    bundle: join(dist, 'functions', name, 'index.js'),
    timeout,
    environment,
    maxAsyncRetryAttempts,
  });
  // A worker that fails is started again by the tick, never by FC: each start has a number of its own.
  const worker = (name: string, more: Record<string, string> = {}): HostedFunction => ({
    ...hosted(name, 86_400, 0),
    environment: { ...environment, ...workerMemory, ...more },
  });
  return {
    functions: [
      worker('backup', signing),
      worker('restore'),
      hosted('scheduled-backup', 300),
      hosted('cross-cluster-restore', 300),
      hosted('retention-expiry', 3_600),
      hosted('notify', 120, 2),
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
