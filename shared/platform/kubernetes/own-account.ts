import { askObject } from './believe';
import type { Cluster } from './port';

/** Of `authentication.k8s.io`, newest first: v1 is served from Kubernetes 1.28 on, the others where somebody turns them on. */
const versions = ['v1', 'v1beta1', 'v1alpha1'];

/**
 * Returns the namespace of the service account whose credentials a connection has; undefined for other users, such as those
 * of client certificates. The API server tells (SelfSubjectReview, which everybody who is known to it may ask); where it does
 * not, the claims of the token do.
 */
export async function ownNamespace(cluster: Cluster, signal?: AbortSignal): Promise<string | undefined> {
  for (const version of versions) {
    const apiVersion = `authentication.k8s.io/${version}`;
    const response = await askObject(cluster, {
      method: 'POST',
      path: `/apis/${apiVersion}/selfsubjectreviews`,
      body: JSON.stringify({ apiVersion, kind: 'SelfSubjectReview' }),
      contentType: 'application/json',
      signal,
    });
    if (response.status >= 300) continue;
    const { status } = JSON.parse(response.body.toString('utf8')) as {
      status?: { userInfo?: { username?: unknown } };
    };
    return namespaceOf(status?.userInfo?.username);
  }
  return cluster.tokenNamespace;
}

/** The namespace of the service account that a token says it is of; nothing is proved by it. */
export function namespaceOfToken(token: string | undefined): string | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return namespaceOf((claims as { sub?: unknown }).sub);
  } catch {
    return undefined;
  }
}

function namespaceOf(username: unknown): string | undefined {
  const [, namespace] = /^system:serviceaccount:([^:]+):[^:]+$/.exec(String(username)) ?? [];
  return namespace;
}
