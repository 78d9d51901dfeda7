import type { RunResult } from '../shared/formats/manifests/run';
import type { BackupSpec, RestoreSpec } from '../shared/formats/manifests/velero';

/** What a process of its own is to do, once. */
export interface Operation {
  kubeconfig: string;
  /** Of the embedded OSS server. */
  oss: string;
  /** Of the backup or restore. */
  name: string;
  backup?: BackupSpec;
  restore?: RestoreSpec;
}

/** What it took. */
export interface Measured {
  /** The operation alone: neither the start of the process nor the loading of the code. */
  seconds: number;
  /** Resident memory of the whole process at its highest. */
  peakMegabytes: number;
  result: RunResult;
}

/** Where the vault of a bench is. */
export const benchVault = {
  region: 'cn-hangzhou',
  credentials: { accessKeyId: 'LTAIbench', accessKeySecret: 'bench-secret' },
  vaultBucket: 'bench-vault',
  stateBucket: 'bench-state',
};
