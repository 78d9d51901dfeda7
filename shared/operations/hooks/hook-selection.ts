import type { HookSelection } from '../../formats/manifests/hooks';
import { matchesSelector } from '../../formats/manifests/selection/label-match';
import { NameFilter } from '../../formats/manifests/selection/name-filter';
import type { KubeObject } from '../../platform/kubernetes/kube-object';

/** Names by which a selection may mean pods. */
const podNames = ['pods', 'pod', 'po'];

/** Finds the entries of `spec.hooks.resources` that take a pod, and keeps account of those that took none. */
export class HookSelections<S extends HookSelection> {
  readonly #entries: { spec: S; namespaces: NameFilter; takesPods: boolean; matched: boolean }[];

  constructor(specs: readonly S[]) {
    this.#entries = specs.map((spec) => {
      const resources = new NameFilter(lower(spec.includedResources), lower(spec.excludedResources));
      return {
        spec,
        namespaces: new NameFilter(spec.includedNamespaces, spec.excludedNamespaces),
        takesPods:
          podNames.some((name) => resources.includes.length === 0 || resources.names(name)) &&
          !podNames.some((name) => resources.excludesName(name)),
        matched: false,
      };
    });
  }

  /** In the order of the spec. */
  of({ metadata: { namespace = '', labels } }: KubeObject): S[] {
    return this.#entries
      .filter(({ spec, namespaces, takesPods }) => {
        const { labelSelector } = spec;
        const isSelected = !labelSelector || matchesSelector(labelSelector, labels);
        return takesPods && namespaces.takes(namespace) && isSelected;
      })
      .map((entry) => {
        entry.matched = true;
        return entry.spec;
      });
  }

  /** Names of the entries that took no pod. */
  get unmatched(): string[] {
    return this.#entries.filter(({ matched }) => !matched).map(({ spec }) => spec.name);
  }
}

function lower(names: readonly string[] = []): string[] {
  return names.map((name) => name.toLowerCase());
}
