import type { Clock } from '../../platform/clock';
import { accessRules, everywhere } from '../../platform/kubernetes/access-rules';
import { collectionPath, objectPath, type ResourcePath } from '../../platform/kubernetes/api-path';
import { askObject } from '../../platform/kubernetes/believe';
import type { KubeObject } from '../../platform/kubernetes/kube-object';
import type { Cluster } from '../../platform/kubernetes/port';
import { errorOfStatus, expectSuccess, NotLetIn, statusOf } from '../../platform/kubernetes/status';
import { isKind, LifeboatError } from '../../platform/errors';
import { type RbacManifest, type RbacScope, rbacManifests, tokenSecretName } from './rbac-manifests';

/** A service account that was made, or made again. */
export interface ServiceAccount {
  /** Does not end by itself. Secret. */
  token: string;
  /** `ServiceAccount lifeboat/lifeboat`. */
  made: string[];
}

/** Whose an object is; another installation's is left alone. */
const ownerAnnotation = 'lifeboat/installation';
const rbacGroup = 'rbac.authorization.k8s.io';
const resources: Record<string, ResourcePath> = {
  Namespace: { group: '', version: 'v1', resource: 'namespaces', namespaced: false },
  ServiceAccount: { group: '', version: 'v1', resource: 'serviceaccounts', namespaced: true },
  Secret: { group: '', version: 'v1', resource: 'secrets', namespaced: true },
  ClusterRole: { group: rbacGroup, version: 'v1', resource: 'clusterroles', namespaced: false },
  ClusterRoleBinding: { group: rbacGroup, version: 'v1', resource: 'clusterrolebindings', namespaced: false },
  Role: { group: rbacGroup, version: 'v1', resource: 'roles', namespaced: true },
  RoleBinding: { group: rbacGroup, version: 'v1', resource: 'rolebindings', namespaced: true },
};
const patience = 30_000;

/**
 * Makes a service account in a cluster with the rights of a scope, and its token. A token of a Secret: one of the TokenRequest
 * API ends within hours or days, whatever is asked for. What this installation made before is brought up to date. Throws
 * LifeboatError `denied` when the credentials may not, `conflict` for an account that is somebody else's, `unavailable` when
 * the cluster's controllers make no token.
 */
export async function createServiceAccount(
  cluster: Cluster,
  wanted: RbacScope,
  { id, clock }: { id: string; clock: Clock },
): Promise<ServiceAccount> {
  const made: string[] = [];
  for (const manifest of rbacManifests(wanted)) {
    const { kind, metadata } = manifest;
    const owned = {
      ...manifest,
      metadata: { ...metadata, annotations: { ...metadata.annotations, [ownerAnnotation]: id } },
    };
    if (await make(cluster, owned, id)) {
      made.push(`${kind} ${[metadata.namespace, metadata.name].filter(Boolean).join('/')}`);
    }
  }
  return { token: await tokenOf(cluster, wanted, clock), made };
}

/** Waits until a new account's rights have come through: the API server learns of roles and bindings by watching. */
export async function waitForRights(
  cluster: Cluster,
  { namespaces }: RbacScope,
  clock: Clock,
): Promise<void> {
  const namespace = namespaces?.at(-1) ?? everywhere;
  const until = clock.monotonic() + patience;
  for (;;) {
    const rules = await accessRules(cluster, namespace).catch((error: unknown) => {
      // A token that was made just now may not be known yet.
      if (error instanceof NotLetIn) return undefined;
      if (isKind(error, 'denied')) return 'cannot be asked' as const;
      throw error;
    });
    if (rules === 'cannot be asked') return;
    if (rules?.allows({ verb: 'list', group: '', resource: 'pods' }) || clock.monotonic() > until) return;
    await clock.sleep(200);
  }
}

/** False when it was there already. */
async function make(cluster: Cluster, manifest: RbacManifest, id: string): Promise<boolean> {
  const { kind, metadata } = manifest;
  const resource = resources[kind]!;
  const what = `cluster "${cluster.name}": ${kind} ${metadata.name}`;
  const response = await askObject(cluster, {
    method: 'POST',
    path: collectionPath(resource, metadata.namespace),
    body: JSON.stringify(manifest),
    contentType: 'application/json',
  });
  const status = response.status < 300 ? undefined : statusOf(response);
  if (!status) return true;
  if (status.reason !== 'AlreadyExists') throw refused(errorOfStatus(status, what));
  // Its own namespace may be anybody's.
  if (kind === 'Namespace') return false;
  const path = objectPath(resource, metadata.namespace, metadata.name);
  const found = expectSuccess(await askObject(cluster, { method: 'GET', path }, kind), what);
  const { metadata: theirs } = JSON.parse(found.body.toString('utf8')) as KubeObject;
  if (theirs.annotations?.[ownerAnnotation] !== id) {
    throw new LifeboatError('conflict', `${what} exists already, and was not made by this installation`, {
      hint: 'name another account with --service-account',
    });
  }
  // A binding's roleRef cannot be changed, and has no need to.
  const { rules, subjects } = manifest;
  if (rules === undefined && subjects === undefined) return false;
  const patch = JSON.stringify(rules === undefined ? { subjects } : { rules });
  const contentType = 'application/merge-patch+json';
  const patched = await askObject(cluster, { method: 'PATCH', path, body: patch, contentType }, kind);
  expectSuccess(patched, what);
  return false;
}

function refused(error: LifeboatError): LifeboatError {
  if (error.kind !== 'denied' && error.kind !== 'not-found') return error;
  const hint =
    error.kind === 'denied'
      ? 'give the kubeconfig of an administrator, or have one apply what `lifeboat cluster rbac` prints'
      : 'the namespaces of --namespaces must exist';
  return new LifeboatError(error.kind, error.message, { hint, cause: error });
}

async function tokenOf(cluster: Cluster, wanted: RbacScope, clock: Clock): Promise<string> {
  const path = objectPath(resources.Secret!, wanted.home, tokenSecretName(wanted));
  const what = `cluster "${cluster.name}": Secret ${wanted.home}/${tokenSecretName(wanted)}`;
  const until = clock.monotonic() + patience;
  for (;;) {
    const response = expectSuccess(await askObject(cluster, { method: 'GET', path }, 'Secret'), what);
    const { data } = JSON.parse(response.body.toString('utf8')) as { data?: { token?: string } };
    if (data?.token) return Buffer.from(data.token, 'base64').toString('utf8');
    if (clock.monotonic() > until) {
      throw new LifeboatError('unavailable', `${what} has no token after ${patience / 1000} seconds`, {
        hint: 'check that the kube-controller-manager of the cluster runs, and try again',
      });
    }
    await clock.sleep(200);
  }
}
