import {
  type ApiResource,
  apiVersion,
  type Discovery,
  groupResource,
} from '../../../platform/kubernetes/api-resource';
import { isWhole } from '../../../platform/kubernetes/discovery';
import type { Cluster } from '../../../platform/kubernetes/port';

/** What the cluster that is restored into serves; asked again when that may have changed. */
export class Target {
  readonly #byName = new Map<string, ApiResource[]>();
  #discovery: Discovery = {
    resources: [],
    stale: [],
    serverVersion: { gitVersion: '', major: '', minor: '' },
  };

  constructor(private readonly cluster: Cluster) {}

  /** Throws LifeboatError `unavailable` or `denied` when the cluster cannot be asked. */
  async refresh(): Promise<void> {
    const discovery = await this.cluster.discover({ allVersions: true, allVerbs: true });
    this.#discovery = { ...discovery, resources: discovery.resources.filter(isWhole) };
    this.#byName.clear();
    for (const resource of discovery.resources) {
      // Reviews and bindings are requests, not objects.
      if (resource.verbs.includes('create') && !resource.verbs.includes('get')) continue;
      const name = groupResource(resource);
      const versions = this.#byName.get(name);
      if (versions) versions.push(resource);
      else this.#byName.set(name, [resource]);
    }
  }

  /** What can be listed, created, read and deleted. */
  get resources(): readonly ApiResource[] {
    return this.#discovery.resources;
  }

  /** Whether the API server is of this minor version of Kubernetes 1 or a later one. */
  isAtLeast(minor: number): boolean {
    return Number.parseInt(this.#discovery.serverVersion.minor, 10) >= minor;
  }

  get stale(): Discovery['stale'] {
    return this.#discovery.stale;
  }

  /** Every version in which the objects of a resource can be read, also where they cannot be created. */
  versions(name: string): readonly ApiResource[] {
    return this.#byName.get(name) ?? [];
  }

  /** The kind of what lies at a place; undefined where it is not served. */
  kindOf(place: Pick<ApiResource, 'group' | 'version' | 'resource'>): string | undefined {
    return this.versions(groupResource(place)).find((one) => one.version === place.version)?.kind;
  }

  /** Whether a resource is served at all, or in one version. */
  serves(name: string, version?: string): boolean {
    if (version === undefined) return this.#byName.has(name);
    return this.versions(name).some((one) => apiVersion(one) === version);
  }
}
