import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import type { Place } from '../../target/place';
import { isMadeBy } from '../../replica/marks';
import type { ReplicaWork } from '../../replica/replica-work';
import type { TargetNamespaces } from '../target-namespaces';

/** What tells which accounts a rule has made. */
export interface KeptAccountWork {
  replicaWork?: ReplicaWork;
  namespaces: TargetNamespaces;
}

/** Why an account that exists is left as it is; undefined where the rule or this restore has made it. */
export function keptOthersAccount(
  work: KeptAccountWork,
  place: Place,
  live: KubeObject,
  source: () => string | undefined,
): string | undefined {
  const replica = work.replicaWork?.replica;
  if (replica?.unsignedResources === undefined || place.groupResource !== 'serviceaccounts') return undefined;
  if (work.namespaces.made.has(place.namespace ?? '') || isMadeBy(replica, place, live.metadata, source())) {
    return undefined;
  }
  return `the rule has not made the account, and nobody signed the backup`;
}
