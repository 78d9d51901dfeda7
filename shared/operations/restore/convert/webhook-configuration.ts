import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { type Conversion, objectAt, objectsOf } from './conversion';

const kinds = [
  { kind: 'MutatingWebhookConfiguration', resource: 'mutatingwebhookconfigurations' },
  { kind: 'ValidatingWebhookConfiguration', resource: 'validatingwebhookconfigurations' },
];
const beta = 'admissionregistration.k8s.io/v1beta1';
const stable = 'admissionregistration.k8s.io/v1';

/**
 * One schema with other defaults: what v1beta1 leaves unsaid is said before v1 says something else. That v1 refuses to
 * create webhooks with unknown side effects is settled with the resets of the kind.
 */
export const webhookConversions: Conversion[] = kinds.flatMap((kind): Conversion[] => [
  { ...kind, from: beta, to: stable, convert: saysItsDefaults },
  { ...kind, from: stable, to: beta },
]);

/** pkg/apis/admissionregistration/v1beta1, defaults.go */
function saysItsDefaults(configuration: KubeObject): void {
  for (const webhook of objectsOf(configuration.webhooks)) {
    webhook.failurePolicy ??= 'Ignore';
    webhook.matchPolicy ??= 'Exact';
    webhook.namespaceSelector ??= {};
    webhook.objectSelector ??= {};
    webhook.sideEffects ??= 'Unknown';
    webhook.timeoutSeconds ??= 30;
    webhook.admissionReviewVersions ??= ['v1beta1'];
    if (configuration.kind === 'MutatingWebhookConfiguration') webhook.reinvocationPolicy ??= 'Never';
    for (const rule of objectsOf(webhook.rules)) rule.scope ??= '*';
    const service = objectAt(objectAt(webhook, 'clientConfig'), 'service');
    if (service) service.port ??= 443;
  }
}
