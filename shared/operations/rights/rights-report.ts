import type { Purpose } from './needed-rights';

/** Rights of one resource that are missing. */
export interface MissingRights {
  /** `deployments.apps`. */
  resource: string;
  verbs: string[];
}

/** How far the credentials serve one purpose. */
export interface Capability {
  purpose: Purpose;
  /**
   * `cluster`: in full. `namespaces`: for all that has a namespace, in the namespaces named. `part`: something is missing
   * in each place that was asked about. `none`: nothing of it is allowed anywhere. `unknown`: the API server does not let the
   * credentials ask.
   */
  extent: 'cluster' | 'namespaces' | 'part' | 'none' | 'unknown';
  /** For `namespaces`: those. */
  namespaces: string[];
  /**
   * What is missing across the cluster and in each namespace that was asked about; of `namespaces`, what has no namespace.
   * Where the caller names namespaces, only what lies in them counts.
   */
  missing: MissingRights[];
}

/** What credentials may and may not do, against what Lifeboat needs. */
export interface RightsReport {
  capabilities: Capability[];
  /** Namespaces that were asked about one by one; empty where the rights hold across the cluster. */
  asked: string[];
  /** Namespaces that were not asked about, because there are too many. */
  notAsked: number;
}

/** The capability for a purpose. */
export function capability(report: RightsReport, purpose: Purpose): Capability {
  return report.capabilities.find((one) => one.purpose === purpose)!;
}

/** True when everything can be restored but roles and bindings that grant more than the credentials have. */
export function isAllButRbac(report: RightsReport): boolean {
  return (
    capability(report, 'restore').extent === 'cluster' &&
    capability(report, 'restore-rbac').extent !== 'cluster'
  );
}
