import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { LifeboatError } from '../errors';
import type { SanitisedKubeconfig } from './kubeconfig';
import { trustAnchors } from './trust-anchors';

/** What `node:https` needs to speak as the kubeconfig's user. */
export interface HttpsCredentials {
  /** The CA and the client certificate, loaded once: that takes several milliseconds, and every connection needs them. */
  secureContext: SecureContext;
  servername?: string;
  headers: Record<string, string>;
}

/**
 * Credentials as `@kubernetes/client-node` derives them, from a KubeConfig made for this one context: its caches mix
 * up users when one KubeConfig serves several. Loaded when first needed, and only its configuration part, since the
 * package is large. Throws LifeboatError `invalid` when the certificates do not load.
 */
export async function httpsCredentials(
  name: string,
  kubeconfig: SanitisedKubeconfig,
): Promise<HttpsCredentials> {
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [
      {
        name: 'cluster',
        server: kubeconfig.server,
        caData: kubeconfig.caData,
        tlsServerName: kubeconfig.tlsServerName,
        skipTLSVerify: false,
      },
    ],
    users: [
      {
        name: 'user',
        token: kubeconfig.token,
        certData: kubeconfig.clientCertificateData,
        keyData: kubeconfig.clientKeyData,
      },
    ],
    contexts: [{ name: 'context', cluster: 'cluster', user: 'user' }],
    currentContext: 'context',
  });
  const options: Record<string, unknown> = {};
  await config.applyToHTTPSOptions(options);
  const { cert, key, servername, headers } = options as HttpsOptions;
  const ca = kubeconfig.caData === undefined ? undefined : trustAnchors(kubeconfig.caData);
  return { secureContext: contextOf(name, { ca, cert, key }), servername, headers: headers ?? {} };
}

/** What `applyToHTTPSOptions` fills in. */
interface HttpsOptions {
  cert?: Buffer;
  key?: Buffer;
  servername?: string;
  headers?: Record<string, string>;
}

function contextOf(
  name: string,
  certificates: Pick<SecureContextOptions, 'ca' | 'cert' | 'key'>,
): SecureContext {
  try {
    return createSecureContext({ ...certificates, allowPartialTrustChain: certificates.ca !== undefined });
  } catch {
    // OpenSSL's message is left out: it may quote what it could not read.
    throw new LifeboatError(
      'invalid',
      `cluster "${name}": the certificates or the key of its kubeconfig do not load`,
      {
        hint: 'check that the client certificate and key belong together, and give the kubeconfig again (`lifeboat cluster update` where the cluster is registered)',
      },
    );
  }
}
