import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { type Matcher, matcher } from '../../../formats/manifests/selection/glob';
import { matchesSelector } from '../../../formats/manifests/selection/label-match';
import { NameFilter } from '../../../formats/manifests/selection/name-filter';
import type { RestoreSpec } from '../../../formats/manifests/velero';
import type { ItemRef } from '../../../formats/vault/archive-types';
import { movedTo } from '../convert/moved';

/** Namespaces that belong to the cluster: restored only when they are named. */
const clusterNamespaces = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

/** What a spec asks for, with resources resolved to Velero's names. */
export class Selection {
  readonly #namespaces: NameFilter;
  readonly #resources: NameFilter;
  readonly #named: Matcher[];
  /** Namespaces that are restored under another name, and the names. */
  readonly renamed: { sources: ReadonlySet<string>; targets: ReadonlySet<string> };
  readonly #spec: RestoreSpec;
  readonly #onlyMapped?: ReadonlySet<string>;

  /**
   * @param onlyMapped the only namespaces that are restored, where a mapping of the spec matches nothing: one that is not
   * mapped may be the one that the mapping means, and would be restored under its own name
   */
  constructor(
    spec: RestoreSpec,
    includedResources?: string[],
    excludedResources?: string[],
    onlyMapped?: ReadonlySet<string>,
  ) {
    this.#spec = spec;
    this.#onlyMapped = onlyMapped;
    const pairs = Object.entries(spec.namespaceMapping ?? {}).filter(([from, to]) => from !== to);
    this.renamed = {
      sources: new Set(pairs.map(([from]) => from)),
      targets: new Set(pairs.map(([, to]) => to)),
    };
    this.#namespaces = new NameFilter(spec.includedNamespaces, spec.excludedNamespaces);
    this.#resources = new NameFilter(includedResources?.map(movedTo), excludedResources?.map(movedTo));
    this.#named = this.#resources.includes.filter(meansSome).map(matcher);
  }

  /** Why this namespace is not asked for; undefined when it is. */
  namespaceLeftOut(namespace: string): string | undefined {
    if (!this.#namespaces.takes(namespace)) return `namespace ${namespace} is not included`;
    if (clusterNamespaces.has(namespace) && !this.#namespaces.includes.includes(namespace)) {
      return `namespace ${namespace} belongs to the cluster and is restored only when it is named`;
    }
    if (this.#onlyMapped && !this.#onlyMapped.has(namespace)) {
      return `namespace ${namespace} is not mapped, and another mapping of this restore matches nothing`;
    }
    return undefined;
  }

  /** Why this resource is not asked for. */
  resourceLeftOut(groupResource: string): string | undefined {
    return this.#resources.takes(movedTo(groupResource)) ? undefined : `${groupResource} is not included`;
  }

  /** Whether the request names this resource, or some by a pattern that does not mean all. */
  names(groupResource: string): boolean {
    const moved = movedTo(groupResource);
    return this.#named.some((matches) => matches(moved));
  }

  /** Cluster-scoped objects: asked for, or by default with a restore of all namespaces (pkg/restore, getOrderedResourceCollection). */
  get clusterScopedLeftOut(): string | undefined {
    if (this.#spec.includeClusterResources === false) return 'cluster-scoped resources are not included';
    if (this.#spec.includeClusterResources === undefined && !this.#namespaces.takesEverything) {
      return 'it is cluster-scoped and only some namespaces are included';
    }
    return undefined;
  }

  /** False only where cluster-scoped objects are excluded by name: then not even a claim brings its volume. */
  get bringsRelated(): boolean {
    return this.#spec.includeClusterResources !== false;
  }

  labelsLeftOut(labels: Record<string, string> | undefined): string | undefined {
    const { labelSelector, orLabelSelectors } = this.#spec;
    if (labelSelector && !matchesSelector(labelSelector, labels))
      return 'its labels do not match the selector';
    if (orLabelSelectors?.length && !orLabelSelectors.some((one) => matchesSelector(one, labels))) {
      return 'its labels match none of the selectors';
    }
    return undefined;
  }

  /** Why an object is not asked for, labels aside; undefined when it is. */
  scopeLeftOut(item: ItemRef): string | undefined {
    if (item.groupResource === 'namespaces') {
      return (
        this.namespaceLeftOut(item.name) ??
        this.resourceLeftOut('namespaces') ??
        (this.#spec.includeClusterResources === false ? this.clusterScopedLeftOut : undefined)
      );
    }
    const resource = this.resourceLeftOut(item.groupResource);
    if (resource) return resource;
    return item.namespace === undefined ? this.clusterScopedLeftOut : this.namespaceLeftOut(item.namespace);
  }

  /** Why an object is not asked for; undefined when it is. */
  leftOut(item: ItemRef, object: KubeObject): string | undefined {
    return this.scopeLeftOut(item) ?? this.labelsLeftOut(object.metadata.labels);
  }

  /** The namespaces whose objects go to one of the target. */
  sourcesOf(target: string): string[] {
    const mapping = this.#spec.namespaceMapping ?? {};
    const sources = Object.keys(mapping).filter((source) => mapping[source] === target);
    return Object.hasOwn(mapping, target) ? sources : [...sources, target];
  }

  /** The namespace that objects of `namespace` go to. */
  mapped(namespace: string): string {
    const mapping = this.#spec.namespaceMapping ?? {};
    return Object.hasOwn(mapping, namespace) ? mapping[namespace]! : namespace;
  }
}

/** False for patterns of everything. */
export function meansSome(pattern: string): boolean {
  return /[^*.]/.test(pattern);
}
