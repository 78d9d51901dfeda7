/** One resource of one version, as the API server's discovery names it. */
export interface ApiResource {
  /** Empty for the core group. */
  group: string;
  version: string;
  kind: string;
  /** Lower-case plural: `deployments`. */
  resource: string;
  namespaced: boolean;
  singular: string;
  shortNames: string[];
  verbs: string[];
  /** `status`, `scale`, … */
  subresources: string[];
  /** First version in the group's preference order that serves this resource (ServerPreferredResources of client-go). */
  preferred: boolean;
}

/** A group version that is not known: its aggregated API server did not answer, or its discovery cannot be read. */
export interface StaleGroup {
  group: string;
  /** Empty where nothing of the group can be read. */
  version: string;
  reason: string;
}

/** A stale group for people: `metrics.k8s.io/v1beta1`. */
export function staleName({ group, version }: StaleGroup): string {
  return version === '' ? group : apiVersion({ group, version });
}

/** What an API server serves. */
export interface Discovery {
  /** In the order served; only resources that can be listed, created, got and deleted unless asked for all. */
  resources: ApiResource[];
  stale: StaleGroup[];
  /** `gitVersion` of /version, for example `v1.37.2`. */
  serverVersion: { gitVersion: string; major: string; minor: string };
}

/** Velero's name of a resource: `pods`, `deployments.apps`. */
export function groupResource(of: { group: string; resource: string }): string {
  return of.group === '' ? of.resource : `${of.resource}.${of.group}`;
}

/** The group of an apiVersion; empty for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.lastIndexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** `v1` or `apps/v1`. */
export function apiVersion(of: { group: string; version: string }): string {
  return of.group === '' ? of.version : `${of.group}/${of.version}`;
}
