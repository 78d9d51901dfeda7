import { askObject } from './believe';
import type { Cluster } from './port';
import { expectSuccess } from './status';

/** One question of RBAC: may I do this? Without a name it is about all objects of the resource. */
export interface Right {
  verb: string;
  /** Empty for the core group. */
  group: string;
  resource: string;
  subresource?: string;
  name?: string;
}

/** A rule of a role, as far as it is about resources. Go writes a list without entries as null. */
export interface AccessRule {
  verbs?: string[] | null;
  apiGroups?: string[] | null;
  resources?: string[] | null;
  resourceNames?: string[] | null;
}

/** What the API server says that the credentials may do in one namespace. */
export interface AccessRules {
  /** True when an authorizer could not list its rules (a webhook): what is not allowed here may be allowed all the same. */
  incomplete: boolean;
  allows(right: Right): boolean;
}

/**
 * A namespace that nobody has. What is allowed in it is allowed by ClusterRoleBindings alone, and so everywhere: in any
 * other namespace the rules of its Roles stand among those of the cluster, and cannot be told from them.
 */
export const everywhere = 'lifeboat-rights-that-hold-everywhere';

/** Asks for the rules in one namespace (SelfSubjectRulesReview); anybody who is known to the API server may. */
export async function accessRules(
  cluster: Pick<Cluster, 'request' | 'name' | 'server'>,
  namespace: string,
  signal?: AbortSignal,
): Promise<AccessRules> {
  const status = await review<{ incomplete?: boolean; resourceRules?: AccessRule[] }>(
    cluster,
    'SelfSubjectRulesReview',
    { namespace },
    signal,
  );
  const rules = status.resourceRules ?? [];
  return {
    incomplete: status.incomplete === true,
    allows: (right) => rules.some((rule) => matchesRule(rule, right)),
  };
}

/** Asks about one right (SelfSubjectAccessReview): the word of all authorizers together. Without a namespace, everywhere. */
export async function isAllowed(
  cluster: Pick<Cluster, 'request' | 'name' | 'server'>,
  { verb, group, resource, subresource, name }: Right,
  namespace: string | undefined,
  signal?: AbortSignal,
): Promise<boolean> {
  const resourceAttributes = { verb, group, resource, subresource, name, namespace };
  const { allowed } = await review<{ allowed?: boolean }>(
    cluster,
    'SelfSubjectAccessReview',
    { resourceAttributes },
    signal,
  );
  return allowed === true;
}

async function review<Status>(
  cluster: Pick<Cluster, 'request' | 'name' | 'server'>,
  kind: 'SelfSubjectRulesReview' | 'SelfSubjectAccessReview',
  spec: object,
  signal: AbortSignal | undefined,
): Promise<Status> {
  const response = await askObject(cluster, {
    method: 'POST',
    path: `/apis/authorization.k8s.io/v1/${kind.toLowerCase()}s`,
    body: JSON.stringify({ apiVersion: 'authorization.k8s.io/v1', kind, spec }),
    contentType: 'application/json',
    signal,
  });
  const { status } = JSON.parse(
    expectSuccess(response, `cluster "${cluster.name}": ${kind}`).body.toString('utf8'),
  ) as { status?: Status };
  return status ?? ({} as Status);
}

/** RBAC's own matching (k8s.io/kubernetes pkg/apis/rbac/v1/evaluation_helpers.go). */
export function matchesRule(rule: AccessRule, { verb, group, resource, subresource, name }: Right): boolean {
  const resources = rule.resources ?? [];
  const resourceNames = rule.resourceNames ?? [];
  const wanted = subresource === undefined ? [resource] : [`${resource}/${subresource}`, `*/${subresource}`];
  return (
    has(rule.verbs ?? [], verb) &&
    has(rule.apiGroups ?? [], group) &&
    (resources.includes('*') || wanted.some((one) => resources.includes(one))) &&
    (resourceNames.length === 0 || (name !== undefined && resourceNames.includes(name)))
  );
}

function has(list: readonly string[], value: string): boolean {
  return list.includes('*') || list.includes(value);
}
