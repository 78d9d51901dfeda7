import { clusterIdentity } from '../../operations/backup/cluster-identity';
import { credentialsEnd } from '../../platform/kubernetes/credentials-end';
import {
  namespaceOfContext,
  type SanitisedKubeconfig,
  sanitiseKubeconfig,
} from '../../platform/kubernetes/kubeconfig';
import type { Cluster } from '../../platform/kubernetes/port';
import { supportedVersion } from '../../platform/kubernetes/server-version';
import { LifeboatError } from '../../platform/errors';
import type { AckSpec, ClusterManifest } from '../../formats/manifests/cluster';
import { instant } from '../../formats/manifests/instant';
import { createServiceAccount, waitForRights } from '../../operations/rights/create-service-account';
import { examineRights } from '../../operations/rights/examine-rights';
import type { RbacScope } from '../../operations/rights/rbac-manifests';
import type { RightsReport } from '../../operations/rights/rights-report';
import type { Installation } from '../installation';
import { ackKubeconfig, connectTo } from './open-cluster';
import { sealedCredentials } from './seal-cluster';

/** Credentials for a cluster: the text of a kubeconfig, hostile until proved otherwise, or the id of an ACK cluster. */
export interface GivenCredentials {
  /** YAML or JSON. */
  kubeconfig?: string;
  /** Default: the kubeconfig's current-context. */
  context?: string;
  ack?: AckSpec;
  /** The namespaces that the credentials are for, where they cannot list them; default: that of the kubeconfig's context. */
  namespaces?: readonly string[];
  /** Makes a service account in the cluster with these rights, and keeps only its token. */
  serviceAccount?: RbacScope;
}

/** Credentials that work, as a manifest keeps them, and what was learnt with them. */
export interface TriedCredentials {
  spec: Pick<
    ClusterManifest['spec'],
    'server' | 'sealedKubeconfig' | 'ack' | 'uid' | 'serverVersion' | 'namespaces'
  >;
  status: ClusterManifest['status'];
  rights: RightsReport;
  /** When the credentials end by themselves, as far as they say so. */
  ends?: Date;
  /** What was made in the cluster: `ServiceAccount lifeboat/lifeboat`. */
  made: string[];
}

/**
 * Tries credentials: the API server answers, is not too old and, where the uid of a cluster is given, is that cluster; then
 * seals what is to be kept. Nothing is stored. Throws LifeboatError `invalid` or `denied` naming the field or the reason,
 * `unavailable`, `conflict` for a service account that belongs to somebody else.
 */
export async function tryCredentials(
  installation: Installation,
  name: string,
  given: GivenCredentials,
  expectedUid?: string,
): Promise<TriedCredentials> {
  const signal = new AbortController().signal;
  const { kubeconfig } = await inClear(installation, given);
  const cluster = await connectTo(name, kubeconfig, installation);
  try {
    const serverVersion = await supportedVersion(cluster, signal);
    const uid = await clusterIdentity(cluster, signal);
    if (expectedUid !== undefined) assertSame(cluster, uid, expectedUid);
    if (given.serviceAccount) {
      // Whatever cannot be sealed is noticed before anything is made in the cluster.
      installation.sealing.current();
      const account = await createServiceAccount(cluster, given.serviceAccount, installation);
      const own = kubeconfigWithToken(kubeconfig, account.token);
      const tried = await learn(installation, name, own, given, { serverVersion, uid });
      return { ...tried, made: account.made };
    }
    return await learn(installation, name, kubeconfig, given, { serverVersion, uid });
  } finally {
    cluster.close();
  }
}

async function learn(
  installation: Installation,
  name: string,
  kubeconfig: SanitisedKubeconfig,
  { ack, serviceAccount, ...given }: GivenCredentials,
  { serverVersion, uid }: { serverVersion: string; uid: string },
): Promise<TriedCredentials> {
  const cluster = await connectTo(name, kubeconfig, installation);
  try {
    if (serviceAccount) await waitForRights(cluster, serviceAccount, installation.clock);
    const named = given.namespaces ?? serviceAccount?.namespaces;
    const ofContext = serviceAccount ? undefined : namespaceOfContext(given.kubeconfig, given.context);
    const otherwise = ofContext === undefined ? undefined : [ofContext];
    const rights = await examineRights(cluster, { namespaces: named, otherwise });
    // That of the context counts only where no other could be listed.
    const isContexts = rights.asked.length === 1 && rights.asked[0] === ofContext;
    const namespaces = named ?? (isContexts ? otherwise : undefined);
    const keptByAck = ack !== undefined && serviceAccount === undefined;
    const credentials = keptByAck
      ? { server: kubeconfig.server, ack }
      : await sealedCredentials(name, kubeconfig, installation);
    const ends = keptByAck ? undefined : credentialsEnd(kubeconfig);
    return {
      spec: {
        ...credentials,
        ...(namespaces && { namespaces: [...namespaces] }),
        ...(uid && { uid }),
        serverVersion,
      },
      status: { rights: kept(rights, installation.clock.now()) },
      rights,
      made: [],
      ...(ends && { ends }),
    };
  } finally {
    cluster.close();
  }
}

/** What a manifest keeps of the rights, for people. */
function kept({ capabilities }: RightsReport, at: Date): NonNullable<ClusterManifest['status']>['rights'] {
  return {
    checkedAt: instant(at),
    capabilities: capabilities.map(({ purpose, extent, namespaces }) => ({
      purpose,
      extent,
      ...(namespaces.length > 0 && { namespaces }),
    })),
  };
}

async function inClear(
  installation: Installation,
  { kubeconfig, context, ack }: GivenCredentials,
): Promise<{ kubeconfig: SanitisedKubeconfig }> {
  if (ack) return ackKubeconfig(ack, installation);
  const { local } = installation.settings;
  return { kubeconfig: sanitiseKubeconfig(kubeconfig ?? '', { allowLoopback: local, context }) };
}

/** The same server, with the token in place of what the person has. */
function kubeconfigWithToken(
  { server, caData, tlsServerName }: SanitisedKubeconfig,
  token: string,
): SanitisedKubeconfig {
  return { server, ...(caData && { caData }), ...(tlsServerName && { tlsServerName }), token };
}

function assertSame({ name, server }: Cluster, uid: string, expected: string): void {
  if (uid === expected) return;
  const found = uid === '' ? 'which cluster it is cannot be told' : `it is another cluster (${uid})`;
  throw new LifeboatError('denied', `cluster "${name}": ${found} at ${server}; registered is ${expected}`, {
    hint:
      uid === ''
        ? 'give credentials that may `get` the namespace kube-system'
        : 'register it under a name of its own with `lifeboat cluster add`',
  });
}
