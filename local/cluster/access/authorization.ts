import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import { matchesRule, type AccessRule } from '../../../shared/platform/kubernetes/access-rules';
import type { Storage } from '../objects/storage';
import { inNamespace } from '../objects/collection';
import { storageKey } from '../objects/stored-object';
import { accountUsername, authenticated, masters, type User } from './user';

/** A rule of a role: for resources, or for paths that are none. */
export interface RoleRule extends AccessRule {
  nonResourceURLs?: string[];
}

/** What a user wants to do; without a namespace it is about the whole cluster. */
export interface ResourceAttributes {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
  namespace?: string;
  name?: string;
}

interface Subject {
  kind: string;
  name: string;
  namespace?: string;
}

const everything: RoleRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];
/** Of the default role `system:public-info-viewer`. */
const forAll: RoleRule[] = [
  { verbs: ['get'], nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'] },
];
/** Of the default roles `system:discovery` and `system:basic-user`. */
const forAuthenticated: RoleRule[] = [
  { verbs: ['get'], nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*'] },
  {
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
  },
  { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
];

const roleGroup = 'rbac.authorization.k8s.io';

/** RBAC as an API server does it, but for aggregated roles and for what may be granted to others (`escalate`, `bind`). */
export class Authorization {
  constructor(private readonly storage: Storage) {}

  allows(user: User, wanted: ResourceAttributes): boolean {
    const { namespace, subresource, ...right } = wanted;
    return this.rulesOf(user, namespace).some((rule) =>
      matchesRule(rule, { ...right, ...(subresource && { subresource }) }),
    );
  }

  allowsPath(user: User, verb: string, path: string): boolean {
    return this.rulesOf(user).some(
      ({ verbs, nonResourceURLs }) =>
        (verbs?.includes('*') || verbs?.includes(verb)) &&
        nonResourceURLs?.some((url) =>
          url.endsWith('*') ? path.startsWith(url.slice(0, -1)) : path === url,
        ),
    );
  }

  /** What a user may in a namespace, or everywhere. */
  rulesOf(user: User, namespace = ''): RoleRule[] {
    if (user.groups.includes(masters)) return everything;
    const byDefault = user.groups.includes(authenticated) ? [...forAll, ...forAuthenticated] : forAll;
    const inside = namespace
      ? inNamespace(this.storage.collection(`rolebindings.${roleGroup}`).sorted(), namespace)
      : [];
    const bindings = [...this.storage.collection(`clusterrolebindings.${roleGroup}`).sorted(), ...inside];
    const bound = bindings.map((stored) => stored.object()).filter((binding) => isBoundTo(binding, user));
    return [...byDefault, ...bound.flatMap((binding) => this.#rulesOfRole(binding))];
  }

  #rulesOfRole({ roleRef, metadata }: KubeObject): RoleRule[] {
    const { kind, name } = roleRef as { kind: string; name: string };
    const [storage, key] =
      kind === 'Role'
        ? [`roles.${roleGroup}`, storageKey(metadata.namespace ?? '', name)]
        : [`clusterroles.${roleGroup}`, name];
    const role = this.storage.collection(storage).get(key)?.object();
    return (role?.rules ?? []) as RoleRule[];
  }
}

function isBoundTo(binding: KubeObject, { username, groups }: User): boolean {
  return ((binding.subjects ?? []) as Subject[]).some(({ kind, name, namespace }) => {
    if (kind === 'Group') return groups.includes(name);
    return username === (kind === 'ServiceAccount' ? accountUsername(namespace ?? '', name) : name);
  });
}
