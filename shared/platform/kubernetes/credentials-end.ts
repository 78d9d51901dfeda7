import { X509Certificate } from 'node:crypto';
import type { SanitisedKubeconfig } from './kubeconfig';

/**
 * When the credentials of a kubeconfig end by themselves, as they say: a client certificate's notAfter, a token's `exp`.
 * Undefined for those that say nothing, such as the token of a service account's Secret. Nothing is verified: the API
 * server decides, and may refuse earlier.
 */
export function credentialsEnd({ token, clientCertificateData }: SanitisedKubeconfig): Date | undefined {
  const ends = [certificateEnd(clientCertificateData), tokenEnd(token)].filter((end) => end !== undefined);
  return ends.length === 0 ? undefined : new Date(Math.min(...ends));
}

function certificateEnd(data: string | undefined): number | undefined {
  if (!data) return undefined;
  try {
    const end = Date.parse(new X509Certificate(Buffer.from(data, 'base64')).validTo);
    return Number.isNaN(end) ? undefined : end;
  } catch {
    return undefined;
  }
}

function tokenEnd(token: string | undefined): number | undefined {
  const payload = token?.split('.')[1];
  if (!payload) return undefined;
  try {
    const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { exp?: unknown };
    return typeof exp === 'number' ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}
