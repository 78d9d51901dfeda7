import { type ApiResource, apiVersion, type Discovery, groupResource } from '../../cluster/api-resource';
import type { Cluster } from '../../cluster/port';

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
    this.#discovery = await this.cluster.discover({ allVersions: true });
    this.#byName.clear();
    for (const resource of this.#discovery.resources) {
      const name = groupResource(resource);
      const versions = this.#byName.get(name);
      if (versions) versions.push(resource);
      else this.#byName.set(name, [resource]);
    }
  }

  get resources(): readonly ApiResource[] {
    return this.#discovery.resources;
  }

  get stale(): Discovery['stale'] {
    return this.#discovery.stale;
  }

  /** Every version in which a resource is served. */
  versions(name: string): readonly ApiResource[] {
    return this.#byName.get(name) ?? [];
  }

  /** Whether a resource is served at all, or in one version. */
  serves(name: string, version?: string): boolean {
    if (version === undefined) return this.#byName.has(name);
    return this.versions(name).some((one) => apiVersion(one) === version);
  }
}
