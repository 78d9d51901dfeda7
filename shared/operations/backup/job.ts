import type { Clock, Random } from '../../platform/clock';
import type { Log } from '../../platform/log/log';
import type { BackupRequest } from '../../formats/manifests/run';
import type { Lease } from '../../formats/state/leases/lease-types';
import type { ReportProgress } from '../../formats/state/run/progress-port';
import type { ObjectStore } from '../../platform/oss/port';
import type { HookCluster } from '../hooks/run-hook';
import type { Writer } from '../../formats/vault/commit/first-writer';
import type { Signer } from '../../formats/vault/proof/signer';

/** Everything that one attempt at a backup works on. */
export interface BackupJob {
  request: BackupRequest;
  /** Id of this installation, written into the catalogue. */
  installation: string;
  cluster: HookCluster;
  /** The namespaces that the cluster is registered for; absent where it is the whole cluster. */
  ownNamespaces?: readonly string[];
  /** Bound to the vault's subdirectory. */
  vault: ObjectStore;
  /** Bound to `runs/backups/<name>/` of the state. */
  run: ObjectStore;
  lease: Lease;
  /** The run was committed before this attempt: what is left is to put it into the vault. */
  committed: boolean;
  /** The run paused before this attempt: its capture is kept. */
  resumed?: boolean;
  /** True when the backup was committed earlier, and this installation has decided to delete it since. */
  isDeleted(): Promise<boolean>;
  clock: Clock;
  random: Random;
  progress: ReportProgress;
  /** This installation as others that write to the vault see it; absent where none can. */
  writer?: Writer;
  /** Signs what is finished; absent where the installation has no signing key. */
  signer?: Signer;
  /** Also hears every line of the backup's own log. */
  log?: Log;
}
