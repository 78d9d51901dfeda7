import { tokenAccountAnnotation, tokenSecretType } from '../../formats/manifests/token-secret';
import { pulledIn } from './needed-rights';

/** What a service account of Lifeboat is for: `mirror` is `restore` that may delete what is gone at the source. */
const scopes = ['read-only', 'restore', 'mirror'] as const;
export type Scope = (typeof scopes)[number];

/** What a backup may do besides reading: run hooks in pods, take CSI snapshots. Written behind a scope: `read-only+hooks`. */
export type ScopeAddition = 'hooks' | 'snapshots';

/** The rights of a service account. */
export interface RbacScope {
  scope: Scope;
  additions?: readonly ScopeAddition[];
  /** Only in these; default the whole cluster. */
  namespaces?: readonly string[];
  /** For restores: also roles and bindings that grant more than the account has (`escalate`, `bind`). */
  rbac: boolean;
  /** Name of the account and of its roles. */
  account: string;
  /** Namespace that the account lies in. */
  home: string;
}

export const defaultAccount = { account: 'lifeboat', home: 'lifeboat' };

/** A manifest of Kubernetes, as it is sent. */
export interface RbacManifest {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels: Record<string, string>;
    annotations?: Record<string, string>;
  };
  [field: string]: unknown;
}

interface Rule {
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
  verbs: string[];
}

const managed = { 'app.kubernetes.io/managed-by': 'lifeboat' };
/**
 * Kept out of backups: a copy of the token would be of use to nobody but a thief. Never on the namespace: a backup that leaves
 * out a namespace by label is no longer one of everything, and takes no cluster-scoped objects by itself.
 */
const leftOut = { ...managed, 'velero.io/exclude-from-backup': 'true' };

const group = 'rbac.authorization.k8s.io';
const rbacVersion = `${group}/v1`;

/** Name of the Secret that holds the account's token. */
export function tokenSecretName({ account }: Pick<RbacScope, 'account'>): string {
  return `${account}-token`;
}

/**
 * A service account with the least rights that its scope needs, and a Secret with its token, in the order in which they are
 * to be made.
 *
 * Reading is `list` on everything, so that kinds that come later are in the backups, and `get` only on what backups read one
 * by one: `get` on everything would open `pods/exec` and the proxies of nodes and pods too. Restoring is `get`, `create` and
 * `patch` on everything, which RBAC cannot give without subresources: who may create any pod is an administrator of its
 * namespace in any case.
 */
export function rbacManifests(wanted: RbacScope): RbacManifest[] {
  const { account, home, namespaces } = wanted;
  const named = (apiVersion: string, kind: string, name: string, namespace?: string) => ({
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      labels: kind === 'Namespace' ? managed : leftOut,
    },
  });
  const secret = named('v1', 'Secret', tokenSecretName(wanted), home);
  const subjects = [{ kind: 'ServiceAccount', name: account, namespace: home }];
  const bound = (kind: 'Role' | 'ClusterRole', rules: Rule[], namespace?: string): RbacManifest[] => [
    { ...named(rbacVersion, kind, account, namespace), rules },
    {
      ...named(rbacVersion, `${kind}Binding`, account, namespace),
      roleRef: { apiGroup: group, kind, name: account },
      subjects,
    },
  ];
  return [
    named('v1', 'Namespace', home),
    named('v1', 'ServiceAccount', account, home),
    {
      ...secret,
      metadata: { ...secret.metadata, annotations: { [tokenAccountAnnotation]: account } },
      type: tokenSecretType,
    },
    ...bound(
      'ClusterRole',
      namespaces
        ? [...discovery, ...clusterScoped, ...addedOutside(wanted, ['list'])]
        : [...discovery, ...rulesOf(wanted, 'cluster'), ...addedInside(wanted), ...addedOutside(wanted)],
    ),
    ...(namespaces ?? []).flatMap((namespace) =>
      bound('Role', [...rulesOf(wanted, 'namespace'), ...addedInside(wanted)], namespace),
    ),
  ];
}

/** Bound to everybody who is known by default; hardened clusters take it away. */
const discovery: Rule[] = [
  { nonResourceURLs: ['/version', '/api', '/api/*', '/apis', '/apis/*'], verbs: ['get'] },
];

/** What the objects of a namespace pull into a backup from outside of it, and the cluster's identity. */
const clusterScoped: Rule[] = [
  { apiGroups: [''], resources: ['namespaces'], resourceNames: ['kube-system'], verbs: ['get'] },
  ...byGroup(pulledIn.filter(({ namespaced, resource }) => !namespaced && resource !== 'namespaces')).map(
    (rule) => ({ ...rule, verbs: ['get'] }),
  ),
  { apiGroups: [group], resources: ['clusterrolebindings'], verbs: ['list'] },
];

const snapshotGroup = 'snapshot.storage.k8s.io';

/** Of additions, what lies in namespaces. `list` is in every scope. */
function addedInside({ additions = [] }: RbacScope): Rule[] {
  const rules: Record<ScopeAddition, Rule> = {
    // WebSocket is a GET, which API servers authorise as `create` too.
    hooks: { apiGroups: [''], resources: ['pods/exec'], verbs: ['get', 'create'] },
    snapshots: {
      apiGroups: [snapshotGroup],
      resources: ['volumesnapshots'],
      verbs: ['get', 'create', 'delete'],
    },
  };
  return additions.map((addition) => rules[addition]);
}

/** Of additions, what lies outside of namespaces. @param more verbs that the scope does not give there */
function addedOutside({ additions = [] }: RbacScope, more: readonly string[] = []): Rule[] {
  if (!additions.includes('snapshots')) return [];
  const apiGroups = [snapshotGroup];
  return [
    {
      apiGroups,
      resources: ['volumesnapshotcontents'],
      verbs: ['get', ...more, 'create', 'patch', 'delete'],
    },
    { apiGroups, resources: ['volumesnapshotclasses'], verbs: ['get', ...more] },
  ];
}

function rulesOf({ scope, rbac }: RbacScope, where: 'cluster' | 'namespace'): Rule[] {
  const everything = { apiGroups: ['*'], resources: ['*'] };
  if (scope === 'read-only') {
    const read = pulledIn.filter(
      ({ namespaced, resource }) => where === 'cluster' || namespaced || resource === 'namespaces',
    );
    return [
      { ...everything, verbs: ['list'] },
      ...byGroup(read).map((rule) => ({ ...rule, verbs: ['get'] })),
    ];
  }
  const verbs = ['get', 'list', 'create', 'patch', ...(scope === 'mirror' ? ['delete'] : [])];
  return [
    { ...everything, verbs },
    ...(rbac
      ? [{ apiGroups: [group], resources: ['roles', 'clusterroles'], verbs: ['escalate', 'bind'] }]
      : []),
  ];
}

function byGroup(
  resources: readonly { group: string; resource: string }[],
): { apiGroups: string[]; resources: string[] }[] {
  const groups = new Map<string, string[]>();
  for (const { group: of, resource } of resources) groups.set(of, [...(groups.get(of) ?? []), resource]);
  return [...groups].map(([of, names]) => ({ apiGroups: [of], resources: names }));
}
