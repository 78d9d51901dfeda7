import type { ApiResource } from '../../platform/kubernetes/api-resource';
import type { ListedItem } from '../../platform/kubernetes/listed-item';
import { excludeLabel, type NamespaceFilter } from './select-namespaces';
import type { ResourceFilter } from './select-resources';

/**
 * The checks on every object of a resource, listed or pulled in, in Velero's order; the first that fails gives the sentence
 * (pkg/backup/item_backupper.go).
 */
export class ItemOmission {
  readonly #ofResource: string | undefined;
  readonly #ofNamespace = new Map<string, string | undefined>();

  constructor(
    resource: ApiResource,
    resources: ResourceFilter,
    private readonly namespaces: NamespaceFilter,
  ) {
    // Namespace objects are chosen apart, whatever the lists say of the resource.
    this.#ofResource = isNamespace(resource) ? undefined : resources.notPulled(resource);
  }

  /** Says why an object is left out, or undefined. */
  of(item: ListedItem): string | undefined {
    if (item.label(excludeLabel) === 'true') return `it has the label ${excludeLabel}=true`;
    return (
      (item.namespace ? this.#namespace(item.namespace) : undefined) ??
      this.#ofResource ??
      (item.beingDeleted ? 'it is being deleted' : undefined)
    );
  }

  #namespace(name: string): string | undefined {
    if (!this.#ofNamespace.has(name)) {
      const reason = this.namespaces.takes(name) ? undefined : `namespace ${name} is not backed up`;
      this.#ofNamespace.set(name, reason);
    }
    return this.#ofNamespace.get(name);
  }
}

function isNamespace(resource: ApiResource): boolean {
  return resource.group === '' && resource.resource === 'namespaces';
}
