import type { Random } from '../../../shared/platform/clock';
import { webhookRule } from '../objects/admission';
import { definitionRule, definitionStorage } from './custom-definitions';
import type { KindRule, KindRules } from './kind-rule';
import { apiServiceRule } from './api-services';
import { configMapRule, immutable, secretRule } from './core';
import { podRule } from './pods';
import { serviceRule } from './services';
import { claimRule, volumeRule } from './volumes';
import { namespaceRule } from '../controllers/namespace-controller';

/** Kinds whose server counts the revisions of their spec. */
const counted = [
  'deployments.apps',
  'daemonsets.apps',
  'statefulsets.apps',
  'replicasets.apps',
  'replicationcontrollers',
  'jobs.batch',
  'cronjobs.batch',
  'ingresses.networking.k8s.io',
  'ingressclasses.networking.k8s.io',
  'networkpolicies.networking.k8s.io',
  'poddisruptionbudgets.policy',
  'validatingadmissionpolicies.admissionregistration.k8s.io',
  'validatingadmissionpolicybindings.admissionregistration.k8s.io',
  'priorityclasses.scheduling.k8s.io',
  'endpointslices.discovery.k8s.io',
  'flowschemas.flowcontrol.apiserver.k8s.io',
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io',
];

/** The rules of all kinds that have any, by storage name. */
export function kindRules(random: Random): KindRules {
  const rules: KindRules = {
    namespaces: namespaceRule,
    [definitionStorage]: definitionRule,
    'apiservices.apiregistration.k8s.io': apiServiceRule,
    'mutatingwebhookconfigurations.admissionregistration.k8s.io': webhookRule,
    'validatingwebhookconfigurations.admissionregistration.k8s.io': webhookRule,
    services: serviceRule,
    secrets: secretRule,
    configmaps: configMapRule,
    pods: podRule(random),
    persistentvolumeclaims: claimRule,
    persistentvolumes: volumeRule,
    'deployments.apps': withEmptyStatus(immutable('spec.selector')),
    'replicasets.apps': { ...immutable('spec.selector'), initialStatus: () => ({ replicas: 0 }) },
    'daemonsets.apps': withEmptyStatus(immutable('spec.selector')),
    'statefulsets.apps': {
      ...immutable('spec.selector', 'spec.serviceName', 'spec.volumeClaimTemplates'),
      initialStatus: () => ({ replicas: 0, availableReplicas: 0 }),
    },
    'jobs.batch': withEmptyStatus(immutable('spec.selector', 'spec.template', 'spec.completionMode')),
    'cronjobs.batch': withEmptyStatus({}),
    'ingresses.networking.k8s.io': { initialStatus: () => ({ loadBalancer: {} }) },
    'rolebindings.rbac.authorization.k8s.io': immutable('roleRef'),
    'clusterrolebindings.rbac.authorization.k8s.io': immutable('roleRef'),
    'storageclasses.storage.k8s.io': {
      ...immutable('provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode'),
      onCreate(object) {
        object.reclaimPolicy ??= 'Delete';
        object.volumeBindingMode ??= 'Immediate';
      },
    },
    'priorityclasses.scheduling.k8s.io': immutable('value', 'preemptionPolicy'),
    resourcequotas: withEmptyStatus({}),
  };
  for (const storage of counted) rules[storage] = { generation: true, ...rules[storage] };
  return rules;
}

const withEmptyStatus = (rule: KindRule): KindRule => ({ ...rule, initialStatus: () => ({}) });
