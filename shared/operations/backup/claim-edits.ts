import type { KubeObject } from '../../platform/kubernetes/kube-object';
import type { JsonPath } from '../../platform/kubernetes/spans';
import { editJson, type JsonEdit } from '../../platform/kubernetes/spans';
import { snapshotSourceFinalizer } from '../volumes/snapshots/source-finalizer';

/** Labels that an earlier restore or backup left on a claim. */
const staleLabels = [
  'velero.io/restore-name',
  'velero.io/volume-snapshot-name',
  'backup.velero.io/must-include-additional-items',
];

interface ClaimSpec {
  volumeName?: string;
  storageClassName?: string;
  dataSource?: unknown;
  dataSourceRef?: unknown;
  selector?: { matchLabels?: Record<string, string> };
}

/**
 * The bytes of a claim as Velero stores them (pkg/backup/actions/backup_pv_action.go): a bound claim loses where its data
 * once came from, its selector (unless it asks for no storage class), and stale labels of Velero's. And it loses the finalizer
 * of a snapshot that is under way, which Velero reads the claim too early to meet. Only these spans change.
 */
export function storedClaim(claim: KubeObject, body: Buffer, backup: string): Buffer {
  const spec = (claim.spec ?? {}) as ClaimSpec;
  if (claim.status?.phase !== 'Bound' || !spec.volumeName) return body;
  const gone: JsonPath[] = [];
  if (spec.dataSource !== undefined) gone.push(['spec', 'dataSource']);
  if (spec.dataSourceRef !== undefined) gone.push(['spec', 'dataSourceRef']);
  if (spec.selector !== undefined && spec.storageClassName !== '') gone.push(['spec', 'selector']);
  else {
    for (const label of Object.keys(spec.selector?.matchLabels ?? {})) {
      if (label.startsWith('velero.io/')) gone.push(['spec', 'selector', 'matchLabels', label]);
    }
  }
  for (const [label, value] of Object.entries(claim.metadata.labels ?? {})) {
    const foreign = label === 'velero.io/backup-name' && value !== backup;
    if (foreign || staleLabels.includes(label)) gone.push(['metadata', 'labels', label]);
  }
  const { finalizers = [] } = claim.metadata;
  const kept = finalizers.filter((one) => one !== snapshotSourceFinalizer);
  return editJson(body, [
    ...gone.map((path): JsonEdit => ({ path, remove: true })),
    ...(kept.length < finalizers.length ? [{ path: ['metadata', 'finalizers'], set: kept }] : []),
  ]);
}
