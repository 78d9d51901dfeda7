import type { BackupSpec } from '../velero';

/** Velero's older family of filters by resource; it does not go together with the scoped one. */
export const unscopedFilters = [
  'includedResources',
  'excludedResources',
] as const satisfies (keyof BackupSpec)[];

export const scopedFilters = [
  'includedClusterScopedResources',
  'excludedClusterScopedResources',
  'includedNamespaceScopedResources',
  'excludedNamespaceScopedResources',
] as const satisfies (keyof BackupSpec)[];

/** The lists of names and patterns by which a backup selects. */
export const nameFilters = [
  'includedNamespaces',
  'excludedNamespaces',
  ...unscopedFilters,
  ...scopedFilters,
] as const satisfies (keyof BackupSpec)[];
