import type { BackupSpec, LabelSelector } from '../velero';

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

/** The selectors of a spec, of which an object must match one; none where labels select nothing. */
export function selectorsOf(spec: Pick<BackupSpec, 'labelSelector' | 'orLabelSelectors'>): LabelSelector[] {
  if (spec.orLabelSelectors?.length) return spec.orLabelSelectors;
  return spec.labelSelector ? [spec.labelSelector] : [];
}
