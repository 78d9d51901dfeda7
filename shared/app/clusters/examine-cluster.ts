import { clusterIdentity } from '../../operations/backup/cluster-identity';
import type { Cluster } from '../../platform/kubernetes/port';
import { supportedVersion } from '../../platform/kubernetes/server-version';
import { LifeboatError } from '../../platform/errors';
import type { ClusterManifest } from '../../formats/manifests/cluster';
import { examineRights } from '../../operations/rights/examine-rights';
import type { RightsReport } from '../../operations/rights/rights-report';
import { rightsRemarks } from '../../operations/rights/rights-remarks';
import type { Installation } from '../installation';
import { openCluster } from './open-cluster';

/** One thing that was looked at. `ok` needs nothing done; a `warning` limits what works; with an `error` no run can work. */
export interface ClusterFinding {
  check: 'credentials' | 'reachability' | 'version' | 'identity' | 'rights';
  level: 'ok' | 'warning' | 'error';
  /** One sentence; names the cluster in errors that come from elsewhere. Holds no secret. */
  message: string;
  /** What to do about it; absent where nothing is to be done. */
  remedy?: string;
}

/** What was found about a registered cluster. Fields are absent where an earlier check failed. */
export interface ClusterExamination {
  cluster: string;
  server?: string;
  findings: ClusterFinding[];
  /** As the server tells it now. */
  version?: string;
  /** uid of kube-system as it is now; empty when the credentials may not read it. */
  uid?: string;
  rights?: RightsReport;
}

/**
 * Examines a registered cluster: whether its credentials open, the API server answers, its version is worked with, it is
 * the cluster that was registered, and what the credentials may do. Changes nothing. What is wrong with the cluster is a
 * finding and never thrown; throws only for the state, or the signal's reason.
 */
export async function examineCluster(
  installation: Installation,
  manifest: ClusterManifest,
  signal: AbortSignal = new AbortController().signal,
): Promise<ClusterExamination> {
  const { name } = manifest.metadata;
  const examination: ClusterExamination = { cluster: name, server: manifest.spec.server, findings: [] };
  const cluster = await attempt(examination, 'credentials', signal, () =>
    openCluster(manifest, installation),
  );
  if (!cluster) return examination;
  try {
    await examine(cluster, manifest, examination, signal);
  } finally {
    cluster.close();
  }
  return examination;
}

async function examine(
  cluster: Cluster,
  { spec }: ClusterManifest,
  examination: ClusterExamination,
  signal: AbortSignal,
): Promise<void> {
  const { findings } = examination;
  const version = await attempt(examination, 'reachability', signal, () => supportedVersion(cluster, signal));
  if (version === undefined) return;
  examination.version = version;
  findings.push(
    { check: 'reachability', level: 'ok', message: `the API server answers at ${cluster.server}` },
    { check: 'version', level: 'ok', message: `Kubernetes ${version || 'of unknown version'}` },
  );
  const uid = await attempt(examination, 'identity', signal, () => clusterIdentity(cluster, signal));
  if (uid === undefined) return;
  examination.uid = uid;
  findings.push(identityFinding(uid, spec.uid));
  const rights = await attempt(examination, 'rights', signal, () =>
    examineRights(cluster, { namespaces: spec.namespaces, signal }),
  );
  if (!rights) return;
  examination.rights = rights;
  const remarks = rightsRemarks(rights, (spec.namespaces ?? []).length > 0);
  findings.push(...remarks.map((remark) => ({ check: 'rights' as const, ...remark })));
}

function identityFinding(uid: string, registered: string | undefined): ClusterFinding {
  if (uid === '') {
    return {
      check: 'identity',
      level: 'warning',
      message: 'the credentials may not read namespace kube-system: the cluster cannot be told from others',
      remedy: 'allow `get` on the namespace kube-system',
    };
  }
  if (registered === undefined) {
    return {
      check: 'identity',
      level: 'warning',
      message: `which cluster this is (${uid}) was not known when it was registered`,
      remedy: 'give it new credentials with `lifeboat cluster update`: its identity is stored then',
    };
  }
  if (registered === uid) return { check: 'identity', level: 'ok', message: `it is the cluster ${uid}` };
  return {
    check: 'identity',
    level: 'error',
    message: `another cluster (${uid}) is behind this address than the one that was registered (${registered})`,
    remedy: 'register it under a name of its own, and correct the address of this one',
  };
}

/** An error of the cluster becomes a finding. */
async function attempt<T>(
  { findings }: ClusterExamination,
  check: ClusterFinding['check'],
  signal: AbortSignal,
  act: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof LifeboatError)) throw error;
    const of = error.kind === 'denied' && check === 'reachability' ? 'credentials' : check;
    findings.push({ check: of, level: 'error', message: error.message, remedy: error.hint });
    return undefined;
  }
}
