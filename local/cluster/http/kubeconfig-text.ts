import { dump } from 'js-yaml';

/** A kubeconfig with inline data only: one cluster, one user with a bearer token, one context. */
export function kubeconfigText(of: { name: string; server: string; ca: string; token: string }): string {
  return dump({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: of.name,
        cluster: {
          server: of.server,
          'certificate-authority-data': Buffer.from(of.ca).toString('base64'),
        },
      },
    ],
    users: [{ name: 'admin', user: { token: of.token } }],
    contexts: [{ name: of.name, context: { cluster: of.name, user: 'admin' } }],
    'current-context': of.name,
  });
}
