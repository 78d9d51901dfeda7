import { apiVersion as apiVersionOf } from '../../../shared/platform/kubernetes/api-resource';
import { isMap } from '../../../shared/platform/input/is-map';
import type { Authentication } from '../access/authentication';
import type { Authorization, ResourceAttributes } from '../access/authorization';
import type { User } from '../access/user';
import { formatJson } from '../objects/json-text';
import { type Answer, type ApiCall, readBody } from './api-call';

/** What knows who somebody is, and what they may. */
export interface Access {
  authentication: Authentication;
  authorization: Authorization;
}

type Spec = Record<string, unknown>;

/** Questions about who may do what, asked by `user`. */
const answers: Record<string, (spec: Spec, user: User, access: Access) => Record<string, unknown>> = {
  SelfSubjectAccessReview: isAllowed,
  SubjectAccessReview: (spec, _user, access) => isAllowed(spec, userNamed(spec), access),
  LocalSubjectAccessReview: (spec, _user, access) => isAllowed(spec, userNamed(spec), access),
  SelfSubjectRulesReview: ({ namespace }, user, { authorization }) => {
    const rules = authorization.rulesOf(user, String(namespace ?? ''));
    return {
      incomplete: false,
      resourceRules: rules.filter((rule) => !rule.nonResourceURLs),
      nonResourceRules: rules.filter((rule) => rule.nonResourceURLs),
    };
  },
  SelfSubjectReview: (_spec, user) => ({ userInfo: user }),
  TokenReview: ({ token }, _user, { authentication }) => {
    const user = authentication.userOf(String(token ?? ''));
    return user ? { authenticated: true, user } : { authenticated: false };
  },
};

function isAllowed(spec: Spec, user: User, { authorization }: Access): { allowed: boolean } {
  const { resourceAttributes: resource, nonResourceAttributes: other } = spec;
  if (isMap(other))
    return { allowed: authorization.allowsPath(user, String(other.verb), String(other.path)) };
  const attributes = { group: '', ...(isMap(resource) ? resource : {}) } as ResourceAttributes;
  return { allowed: authorization.allows(user, attributes) };
}

function userNamed({ user, groups }: Spec): User {
  return { username: String(user ?? ''), groups: Array.isArray(groups) ? groups.map(String) : [] };
}

/** The answer to a kind that is only asked and never kept; undefined for every other kind. */
export function reviewAnswer(call: ApiCall, user: User, access: Access): Answer | undefined {
  const answer = answers[call.resource.kind];
  if (!answer || call.method !== 'POST') return undefined;
  const body = readBody(call);
  const given = isMap(body) ? body : {};
  const review = {
    kind: call.resource.kind,
    apiVersion: apiVersionOf(call.resource),
    metadata: { creationTimestamp: null },
    spec: given.spec,
    status: answer(isMap(given.spec) ? given.spec : {}, user, access),
  };
  return { status: 201, body: formatJson(review) };
}
