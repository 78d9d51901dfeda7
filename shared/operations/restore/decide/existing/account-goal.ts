import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import type { ConflictPolicy } from '../../../../formats/manifests/conflict-policy';
import { isMap } from '../../../../platform/input/is-map';
import { backupLabel, restoreLabel } from '../../transform/restore-labels';

type Fields = Record<string, unknown>;

/**
 * Returns what a service account of the cluster becomes. Controllers and operators write accounts too, so that labels,
 * annotations and entries of lists that only the cluster has stay under every policy, and are no difference.
 *
 * Under `skip` an account gains what it lacks of these, and nothing else changes (pkg/restore/merge_service_account.go).
 * Otherwise the backup's values are set, `automountServiceAccountToken` too; a field that only the cluster has stays under
 * `merge` alone.
 */
export function accountGoal(wanted: KubeObject, present: KubeObject, policy: ConflictPolicy): KubeObject {
  const gainsOnly = policy === 'skip';
  const { metadata: ours, secrets: _secrets, imagePullSecrets: _pull, ...values } = wanted;
  const { metadata: theirs, secrets: _s, imagePullSecrets: _p, ...presentValues } = present;
  const { [backupLabel]: _backup, [restoreLabel]: _restore, ...labels } = ours.labels ?? {};
  const joined = (own: Fields | undefined, live: Fields | undefined) =>
    gainsOnly ? { ...own, ...live } : { ...live, ...own };
  const metadata = {
    ...theirs,
    ...some('labels', joined(labels, theirs.labels)),
    ...some('annotations', joined(ours.annotations, theirs.annotations)),
    ...(gainsOnly ? {} : some('finalizers', union(ours.finalizers, theirs.finalizers))),
  };
  const rest = gainsOnly ? presentValues : policy === 'merge' ? { ...presentValues, ...values } : values;
  return {
    ...rest,
    metadata: metadata as KubeObject['metadata'],
    ...some('secrets', union(wanted.secrets, present.secrets)),
    ...some('imagePullSecrets', union(wanted.imagePullSecrets, present.imagePullSecrets)),
  };
}

/** The cluster's entries, then those that it lacks, by their names. */
function union(wanted: unknown, present: unknown): unknown[] {
  const have = Array.isArray(present) ? (present as unknown[]) : [];
  const names = new Set(have.map(nameOf));
  return [
    ...have,
    ...(Array.isArray(wanted) ? (wanted as unknown[]) : []).filter((one) => !names.has(nameOf(one))),
  ];
}

function nameOf(entry: unknown): unknown {
  return isMap(entry) ? entry.name : entry;
}

/** The field, if it holds anything. */
function some(field: string, value: object): Fields {
  return Object.keys(value).length > 0 ? { [field]: value } : {};
}
