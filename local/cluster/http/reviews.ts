import { type Answer, type ApiCall, readBody } from './api-call';
import { formatJson } from '../objects/json-text';
import { isMap } from '../../../shared/manifests/patch/merge-patch';
import { groupVersion } from '../kinds/served-resource';

const administrator = { username: 'admin', groups: ['system:masters', 'system:authenticated'] };

/** Questions about who may do what. There is one user here, and it may do everything. */
const answers: Record<string, (spec: Record<string, unknown>) => Record<string, unknown>> = {
  SelfSubjectAccessReview: () => ({ allowed: true }),
  SubjectAccessReview: () => ({ allowed: true }),
  LocalSubjectAccessReview: () => ({ allowed: true }),
  SelfSubjectRulesReview: () => ({
    incomplete: false,
    resourceRules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
    nonResourceRules: [{ nonResourceURLs: ['*'], verbs: ['*'] }],
  }),
  SelfSubjectReview: () => ({ userInfo: administrator }),
  TokenReview: () => ({ authenticated: true, user: administrator }),
};

/** The answer to a kind that is only asked and never kept; undefined for every other kind. */
export function reviewAnswer(call: ApiCall): Answer | undefined {
  const answer = answers[call.resource.kind];
  if (!answer || call.method !== 'POST') return undefined;
  const body = readBody(call);
  const given = isMap(body) ? body : {};
  const review = {
    kind: call.resource.kind,
    apiVersion: groupVersion(call.resource),
    metadata: { creationTimestamp: null },
    spec: given.spec,
    status: answer(isMap(given.spec) ? given.spec : {}),
  };
  return { status: 201, body: formatJson(review) };
}
