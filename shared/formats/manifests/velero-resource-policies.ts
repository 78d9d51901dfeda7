import type { volumeTypes } from './volume-types';

/** Velero's resource policies, as a ConfigMap of its has them (internal/resourcepolicies, version v1). */
export interface ResourcePolicies {
  version: string;
  volumePolicies?: VolumePolicy[];
  includeExcludePolicy?: IncludeExcludePolicy;
}

/** What is done with a volume of which all conditions hold. */
export interface VolumePolicy {
  conditions: VolumeConditions;
  action: { type: 'skip' | 'fs-backup' | 'snapshot'; parameters?: { snapshotClass?: string } };
}

interface VolumeConditions {
  /** `10Gi,100Gi`; a bound may be left out. */
  capacity?: string;
  storageClass?: string[];
  /** `{}` for any CSI driver. */
  csi?: { driver?: string; volumeAttributes?: Record<string, string> };
  /** `{}` for any NFS export. */
  nfs?: { server?: string; path?: string };
  volumeTypes?: (typeof volumeTypes)[number][];
  pvcLabels?: Record<string, string>;
  pvcPhase?: ('Pending' | 'Bound' | 'Lost')[];
  pvcVolumeMode?: 'Filesystem' | 'Block';
  pvcAccessModes?: ('ReadWriteOnce' | 'ReadOnlyMany' | 'ReadWriteMany' | 'ReadWriteOncePod')[];
}

/** Adds to the lists of the spec, which go before it. */
interface IncludeExcludePolicy {
  includedClusterScopedResources?: string[];
  excludedClusterScopedResources?: string[];
  includedNamespaceScopedResources?: string[];
  excludedNamespaceScopedResources?: string[];
  /** Label selectors as kubectl writes them. */
  includedNamespacesByLabel?: string[];
  excludedNamespacesByLabel?: string[];
  /** How the selectors of one list go together; default OR. */
  labelSelectorLogic?: 'OR' | 'AND';
}
