import { definitionRule, definitionStorage } from './custom-definitions';
import type { KindRules } from './kind-rule';
import { namespaceRule } from './namespace-controller';

/** Kinds whose server counts spec revisions and does nothing else of its own here. */
const counted = [
  'deployments.apps',
  'daemonsets.apps',
  'statefulsets.apps',
  'replicasets.apps',
  'replicationcontrollers',
  'pods',
  'jobs.batch',
  'cronjobs.batch',
  'ingresses.networking.k8s.io',
  'ingressclasses.networking.k8s.io',
  'networkpolicies.networking.k8s.io',
  'poddisruptionbudgets.policy',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingadmissionpolicies.admissionregistration.k8s.io',
  'priorityclasses.scheduling.k8s.io',
  'endpointslices.discovery.k8s.io',
  'flowschemas.flowcontrol.apiserver.k8s.io',
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io',
];

/** The rules of all kinds that have any, by storage name. */
export function kindRules(): KindRules {
  const rules: KindRules = {
    namespaces: namespaceRule,
    [definitionStorage]: definitionRule,
  };
  for (const storage of counted) rules[storage] = { generation: true, ...rules[storage] };
  return rules;
}
