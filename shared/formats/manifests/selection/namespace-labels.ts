import type { BackupSpec } from '../velero';
import { matchesSelector } from './label-match';
import { parseLabelSelector } from './selector-text';

type LabelledSpec = Pick<BackupSpec, 'includedNamespacesByLabel' | 'resourcePolicies'>;

/** Whether labels include namespaces: then the ones that they match are taken, and not all because none is named. */
export function selectsNamespacesByLabel(spec: LabelledSpec): boolean {
  const policy = spec.resourcePolicies?.includeExcludePolicy;
  return Boolean(spec.includedNamespacesByLabel?.length || policy?.includedNamespacesByLabel?.length);
}

/** Selectors that include or exclude a namespace: all of them where `every`, else any. */
interface SelectorList {
  field: string;
  selectors: readonly string[];
  every: boolean;
}

/** What labels say of namespaces. */
export interface NamespacesByLabel {
  included: string[];
  excluded: string[];
  /** Selectors of included namespaces that none matches, one sentence each. */
  unmatched: string[];
}

/**
 * Matches the label selectors of a spec and of its policies with the namespaces of a cluster, as Velero does in
 * mergeNamespacesByLabel (its main branch): included and excluded are independent of each other. `labelSelectorLogic` is
 * about the lists of the policy; the list of the spec is OR.
 */
export function namespacesByLabel(
  spec: LabelledSpec,
  namespaces: readonly { name: string; labels?: Record<string, string> }[],
): NamespacesByLabel {
  const policy = spec.resourcePolicies?.includeExcludePolicy;
  const every = policy?.labelSelectorLogic === 'AND';
  const including: SelectorList[] = [
    { field: 'includedNamespacesByLabel', selectors: spec.includedNamespacesByLabel ?? [], every: false },
    {
      field: 'resourcePolicies.includeExcludePolicy.includedNamespacesByLabel',
      selectors: policy?.includedNamespacesByLabel ?? [],
      every,
    },
  ];
  const excluding = { field: '', selectors: policy?.excludedNamespacesByLabel ?? [], every };
  const matchedBy = (list: SelectorList): string[] => {
    const selectors = list.selectors.map(parseLabelSelector);
    if (selectors.length === 0) return [];
    return namespaces
      .filter(({ labels }) => {
        const matches = (selector: (typeof selectors)[number]) => matchesSelector(selector, labels);
        return list.every ? selectors.every(matches) : selectors.some(matches);
      })
      .map(({ name }) => name);
  };
  return {
    included: [...new Set(including.flatMap(matchedBy))],
    excluded: matchedBy(excluding),
    unmatched: including.flatMap(({ field, selectors, every: all }) =>
      (all && selectors.length > 0 ? [selectors] : selectors.map((one) => [one]))
        .filter((one) => matchedBy({ field, selectors: one, every: all }).length === 0)
        .map(
          (one) =>
            `${field}: no namespace of the cluster matches ${one.map((text) => `"${text}"`).join(' and ')}`,
        ),
    ),
  };
}
