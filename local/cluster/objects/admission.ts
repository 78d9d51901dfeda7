import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import { matchesSelector } from '../../../shared/formats/manifests/selection/label-match';
import type { LabelSelector } from '../../../shared/formats/manifests/velero';
import type { KindRule } from '../kinds/kind-rule';
import type { ServedResource } from '../kinds/served-resource';
import { StatusError } from '../http/status-error';
import type { Storage } from './storage';

interface WebhookRule {
  operations?: string[];
  apiGroups?: string[];
  apiVersions?: string[];
  resources?: string[];
  scope?: string;
}

interface Webhook {
  name: string;
  failurePolicy?: string;
  rules?: WebhookRule[];
  namespaceSelector?: LabelSelector;
  objectSelector?: LabelSelector;
  clientConfig?: {
    service?: { namespace: string; name: string; path?: string; port?: number };
    url?: string;
  };
  timeoutSeconds?: number;
}

/** Fills in what a webhook leaves open. */
export const webhookRule: KindRule = {
  generation: true,
  onCreate: fillWebhooks,
  onUpdate: (next) => fillWebhooks(next),
};

function fillWebhooks(configuration: KubeObject): void {
  configuration.webhooks = ((configuration.webhooks as Webhook[] | undefined) ?? []).map((webhook) => ({
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    timeoutSeconds: 10,
    ...webhook,
    rules: webhook.rules?.map((rule) => ({ scope: '*', ...rule })),
  }));
}

const configurations = [
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
];

/**
 * Admission webhooks as a cluster sees them whose backends are gone: none ever answers here. With failurePolicy Fail
 * what their rules match is refused with 500, with Ignore it passes.
 */
export function admit(
  storage: Storage,
  resource: ServedResource,
  operation: 'CREATE' | 'UPDATE' | 'DELETE',
  object: KubeObject,
): void {
  // Webhooks are not asked about themselves.
  if (resource.group === 'admissionregistration.k8s.io') return;
  for (const configuration of configurations) {
    const collection = storage.collection(configuration);
    if (collection.size === 0) continue;
    for (const stored of collection.sorted()) {
      for (const webhook of (stored.object().webhooks as Webhook[] | undefined) ?? []) {
        if (webhook.failurePolicy === 'Ignore') continue;
        if (matches(storage, webhook, resource, operation, object)) throw unanswered(storage, webhook);
      }
    }
  }
}

function matches(
  storage: Storage,
  webhook: Webhook,
  resource: ServedResource,
  operation: string,
  object: KubeObject,
): boolean {
  const has = (list: string[] | undefined, wanted: string) =>
    list?.includes('*') === true || list?.includes(wanted) === true;
  const ruled = webhook.rules?.some(
    (rule) =>
      has(rule.operations, operation) &&
      has(rule.apiGroups, resource.group) &&
      has(rule.apiVersions, resource.version) &&
      (has(rule.resources, resource.resource) || rule.resources?.includes('*/*') === true) &&
      (rule.scope === undefined ||
        rule.scope === '*' ||
        (rule.scope === 'Namespaced') === resource.namespaced),
  );
  if (!ruled) return false;
  const namespace = resource.storage === 'namespaces' ? object.metadata.name : object.metadata.namespace;
  const labels =
    resource.storage === 'namespaces'
      ? object.metadata.labels
      : storage.collection('namespaces').get(namespace ?? '')?.meta.labels;
  return (
    (!namespace || matchesSelector(webhook.namespaceSelector ?? {}, labels)) &&
    matchesSelector(webhook.objectSelector ?? {}, object.metadata.labels)
  );
}

function unanswered(storage: Storage, webhook: Webhook): StatusError {
  const { service, url } = webhook.clientConfig ?? {};
  const seconds = webhook.timeoutSeconds ?? 10;
  const address = service
    ? `https://${service.name}.${service.namespace}.svc:${service.port ?? 443}${service.path ?? ''}?timeout=${seconds}s`
    : `${url}?timeout=${seconds}s`;
  const known = !service || storage.collection('services').get(`${service.namespace}/${service.name}`);
  const why = known
    ? `no endpoints available for service "${service?.name ?? url}"`
    : `service "${service.name}" not found`;
  const message = `failed calling webhook "${webhook.name}": failed to call webhook: Post "${address}": ${why}`;
  return new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, {
    causes: [{ message } as never],
  });
}
