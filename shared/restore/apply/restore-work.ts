import type { BackupVolumeInfo, RestoreSpec } from '../../manifests/velero';
import type { BackupContents } from '../../vault/archive-types';
import type { ArchiveFacts } from '../check/archive-facts';
import type { RestoreJob } from '../job';
import type { Selection } from '../plan/selection';
import type { ReplicaWork } from '../replica/replica-work';
import type { Report } from '../report/report';
import type { StatusChoice } from '../transform/status-choice';
import type { OwnerMap } from './owner-map';
import type { OwnerSecondPass } from './owner-second-pass';
import type { Patience } from './patience';
import type { RefusedItems } from './refused-items';
import type { Target } from './target';
import type { TargetCalls } from './target-calls';

/** All that the applying of one archive works on. */
export interface RestoreWork {
  job: RestoreJob;
  spec: RestoreSpec;
  contents: BackupContents;
  facts: ArchiveFacts;
  selection: Selection;
  volumeInfo: readonly BackupVolumeInfo[];
  calls: TargetCalls;
  target: Target;
  report: Report;
  /** Put on everything that is made. */
  labels: Record<string, string>;
  /** Set for the restore of a replication rule. */
  replicaWork?: ReplicaWork;
  statuses: StatusChoice;
  owners: OwnerMap;
  secondPass: OwnerSecondPass;
  refused: RefusedItems;
  /** Target namespaces that nothing can be made in, and why. */
  blockedNamespaces: Map<string, string>;
  /** CRDs that are there now, and must be served before their resources are restored. */
  definitions: Set<string>;
  patience: Patience;
}
