import type { BackupVolumeInfo, RestoreSpec } from '../../../formats/manifests/velero';
import type { BackupContents } from '../../../formats/vault/archive-types';
import type { ArchiveFacts } from '../check/archive-facts';
import type { RestoreJob } from '../stages/job';
import type { Forecast } from '../forecast/forecast';
import type { ConflictPolicies } from '../decide/existing/conflict-policies';
import type { CreatedAtMost } from '../decide/existing/created-at-most';
import type { Details } from '../rehearsal/details';
import type { PlanGuard } from '../rehearsal/plan-guard';
import type { Selection } from '../decide/selection';
import type { ReplicaWork } from '../replica/replica-work';
import type { Report } from '../report/report';
import type { UnmappedNamespaces } from '../report/unmapped-namespaces';
import type { StatusChoice } from '../transform/status-choice';
import type { Transformer } from '../transform/transformer';
import type { ControlledObjects } from './controlled-objects';
import type { DoneObjects } from './create/done-objects';
import type { OwnedObjects } from './owners/owned-objects';
import type { OwnerMap } from './owners/owner-map';
import type { OwnerSecondPass } from './owners/owner-second-pass';
import type { Patience } from './pace/patience';
import type { PresentNames } from '../target/present-names';
import type { RefusedItems } from './refused/refused-items';
import type { ResourceWait } from './pace/resource-wait';
import type { Target } from '../target/target';
import type { TargetCalls } from '../target/target-calls';

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
  /** Of a backup that nobody signed: whether the rule has made an account that its objects name, by `namespace/name`. */
  accountsOfRule: Map<string, boolean>;
  /** What this restore has made and changed. */
  done: DoneObjects;
  statuses: StatusChoice;
  policies: ConflictPolicies;
  /** Objects that other namespaces live by too. */
  createdAtMost: CreatedAtMost;
  transformer: Transformer;
  /** Set where more than the outcome of each object is wanted. */
  details?: Details;
  /** Set in a rehearsal. */
  forecast?: Forecast;
  /** Set for a restore by a plan: only what it showed is done. */
  guard?: PlanGuard;
  /** What names a mapped namespace where no mapping applies. */
  unmapped: UnmappedNamespaces;
  owners: OwnerMap;
  /** What the objects of the cluster own. */
  owned: OwnedObjects;
  controlled: ControlledObjects;
  secondPass: OwnerSecondPass;
  refused: RefusedItems;
  /** What is there where creates are refused one after the other. */
  present: PresentNames;
  /** Target namespaces that the archive says nothing of: they are only to be there. */
  bareNamespaces: Set<string>;
  /** Target namespaces that this restore has made, in this attempt or an earlier one. */
  madeNamespaces: Set<string>;
  /** Target namespaces that nothing can be made in, and why. */
  blockedNamespaces: Map<string, string>;
  /** CRDs that are there now, and must be served before their resources are restored. */
  definitions: Set<string>;
  /** What went wrong with objects that may be tried again, as it was reported. */
  told: Set<string>;
  patience: Patience;
  resourceWait: ResourceWait;
}
