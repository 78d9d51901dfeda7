import { objectPath } from '../../../platform/kubernetes/api-path';
import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import type { TargetCalls } from '../target/target-calls';
import { objectAt, objectsOf } from '../convert/conversion';
import type { Problems } from './problems';

const services = { group: '', version: 'v1', resource: 'services', namespaced: true };
const configurations = ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'];
const group = 'admissionregistration.k8s.io';

export function isWebhookConfiguration(groupResource: string): boolean {
  return configurations.some((one) => groupResource === `${one}.${group}`);
}

/** The webhooks of a configuration that refuse what they cannot be asked about, and the Services behind them: `namespace/name`. */
export function backendsOf(configuration: KubeObject): { webhook: string; service: string }[] {
  return objectsOf(configuration.webhooks).flatMap((webhook) => {
    const service = objectAt(objectAt(webhook, 'clientConfig'), 'service');
    if (!service || webhook.failurePolicy === 'Ignore') return [];
    return [
      { webhook: String(webhook.name), service: `${String(service.namespace)}/${String(service.name)}` },
    ];
  });
}

/** Finds webhooks, of the cluster and of the restore, whose Service is neither there nor restored. */
export async function checkWebhooks(
  calls: TargetCalls,
  restored: readonly { webhook: string; service: string }[],
  problems: Problems,
): Promise<void> {
  const lists = await Promise.all(
    configurations.map((resource) => calls.list({ group, version: 'v1', resource, namespaced: false })),
  );
  const present = lists.flatMap(({ objects }) => objects);
  const backends = new Map(
    [...present.flatMap(backendsOf), ...restored].map((one) => [one.webhook, one.service]),
  );
  for (const [webhook, service] of backends) {
    const [namespace, name] = service.split('/');
    const { object, status } = await calls.read(objectPath(services, namespace, name!));
    if (object || status) continue;
    problems.add(
      'webhook-without-backend',
      `webhook ${webhook} has no backend: Service ${service} is not there`,
      'what it is asked about is refused until it is: restore its Service too, or delete its configuration',
      [`webhook ${webhook}`],
    );
  }
}
