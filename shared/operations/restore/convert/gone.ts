/** Kinds that Kubernetes removed with nothing to convert them to, and what does their work now. */
const replacedBy: Record<string, string> = {
  podsecuritypolicies:
    'Kubernetes has no PodSecurityPolicy since 1.25: label the namespaces for Pod Security Admission (pod-security.kubernetes.io/enforce), or use a policy engine',
  podpresets: 'Kubernetes has no PodPreset since 1.20: use a mutating admission webhook or policy',
  auditsinks: 'Kubernetes has no AuditSink since 1.19: configure the audit webhook of the API server',
};

const groups = new Set(['extensions', 'policy', 'settings.k8s.io', 'auditregistration.k8s.io']);

/** What to do about an object of a kind that was removed; undefined for every other kind. */
export function replacementOf(groupResource: string): string | undefined {
  const [resource, ...group] = groupResource.split('.');
  if (!groups.has(group.join('.')) || !Object.hasOwn(replacedBy, resource!)) return undefined;
  return replacedBy[resource!];
}
