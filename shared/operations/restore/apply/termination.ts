import { objectPath } from '../../../platform/kubernetes/api-path';
import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { namespaceResource } from '../../../platform/kubernetes/namespace-resource';
import { isMap } from '../../../platform/input/is-map';
import type { Report } from '../report/report';
import type { TargetCalls } from '../target/target-calls';
import type { Waits } from './pace/waits';

/** What the end of a namespace is waited for with. */
export interface TerminationWork extends Waits {
  calls: TargetCalls;
  report: Report;
}

const apiServices = {
  group: 'apiregistration.k8s.io',
  version: 'v1',
  resource: 'apiservices',
  namespaced: false,
};

/** Conditions of a namespace that say why its deletion does not end (pkg/controller/namespace/deletion/status_condition_utils.go). */
const telling = new Set([
  'NamespaceDeletionDiscoveryFailure',
  'NamespaceDeletionGroupVersionParsingFailure',
  'NamespaceDeletionContentFailure',
  'NamespaceContentRemaining',
  'NamespaceFinalizersRemaining',
]);

/** Waits until a namespace that is being deleted is gone; what still holds it when patience ends, else undefined. */
export async function waitForTermination(work: TerminationWork, name: string): Promise<string | undefined> {
  const { clock, lease } = work;
  const deadline = clock.monotonic() + work.patience.termination;
  let said = '';
  for (;;) {
    const { object, status } = await work.calls.read(objectPath(namespaceResource, undefined, name));
    if (!object && !status) return undefined;
    if (object && object.metadata.deletionTimestamp === undefined) return undefined;
    const holders = object ? await holdersOf(work, object) : status!.message;
    const message = `namespace ${name} is still being deleted${holders ? `: ${holders}` : ''}`;
    if (clock.monotonic() >= deadline) return message;
    if (message !== said) work.report.waiting(message);
    said = message;
    await clock.sleep(work.patience.poll, lease.signal);
  }
}

async function holdersOf(work: TerminationWork, namespace: KubeObject): Promise<string> {
  const conditions = Array.isArray(namespace.status?.conditions) ? namespace.status.conditions : [];
  const held = conditions.filter(
    (one) => isMap(one) && telling.has(String(one.type)) && one.status === 'True',
  );
  const messages = held.map((one) => String((one as Record<string, unknown>).message));
  const own = namespace.metadata.finalizers ?? [];
  if (own.length > 0) messages.push(`its own finalizers ${own.join(', ')}`);
  // Any dead aggregated API stops the deletion of every namespace.
  const discovery = held.some(
    (one) => (one as Record<string, unknown>).type === 'NamespaceDeletionDiscoveryFailure',
  );
  if (discovery) messages.push(...(await deadApiServices(work)).map((one) => `${one}; repair or delete it`));
  return messages.join('; ');
}

/** `APIService v1.example.com is not available (service x/y not found)`, each. */
async function deadApiServices(work: TerminationWork): Promise<string[]> {
  const { objects } = await work.calls.list(apiServices);
  return objects.flatMap((one) => {
    const conditions = Array.isArray(one.status?.conditions) ? one.status.conditions : [];
    const unavailable = conditions.find((each) => each?.type === 'Available' && each?.status === 'False');
    return unavailable
      ? [`APIService ${one.metadata.name} is not available (${String(unavailable.message)})`]
      : [];
  });
}
