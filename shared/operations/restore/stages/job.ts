import type { Clock, Random } from '../../../platform/clock';
import type { Cluster } from '../../../platform/kubernetes/port';
import type { Log } from '../../../platform/log/log';
import type { OriginVerdict } from '../../../formats/manifests/origin-verdict';
import type { RestoreRequest } from '../../../formats/manifests/run';
import type { Lease } from '../../../formats/state/leases/lease-types';
import type { SnapshotOperation } from '../../../formats/state/run/operations';
import type { ReportProgress } from '../../../formats/state/run/progress-port';
import type { ObjectStore } from '../../../platform/oss/port';
import type { PlannedRestore } from '../plan/planned-restore';
import type { Replica } from '../replica/replica';

/** Everything that one attempt at a restore works on. */
export interface RestoreJob {
  request: RestoreRequest;
  /** The cluster to restore into. */
  cluster: Cluster;
  /** Bound to the vault's subdirectory; results go to `restores/<name>/` in it, unless there is `results`. */
  vault: ObjectStore;
  /** How the origin of the backup was judged before the job was made. */
  origin: OriginVerdict;
  /** Takes the results in the place of a vault that is read-only. */
  results?: ObjectStore;
  /** Bound to `runs/restores/<name>/` of the state. */
  run: ObjectStore;
  /** Reads the CSI snapshots that this installation took for the very backup; absent: it took none. */
  recordedSnapshots?(): Promise<SnapshotOperation[]>;
  /** The value of the label on what the restore makes for itself (volumes/run-label.ts). */
  runLabel: string;
  lease: Lease;
  /** Whether an error that would end the restore is left to another attempt. Absent: none is. */
  mayPass?(error: unknown): Promise<boolean>;
  clock: Clock;
  random: Random;
  progress: ReportProgress;
  /** Also hears every line of the restore's own log. */
  log?: Log;
  /** Set for the restore of a replication rule. */
  replica?: Replica;
  /** Set for a restore by a plan: only what it showed is done. */
  plan?: PlannedRestore;
  /** For spooling archives that have no index. */
  temporaryDirectory: string;
}
