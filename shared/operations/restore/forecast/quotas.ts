import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import type { TargetCalls } from '../target/target-calls';
import { objectAt } from '../convert/conversion';
import { containersOf, podSpecOf } from '../transform/pod-spec';
import { quantityOf } from '../../../platform/kubernetes/quantity';
import type { Problems } from './problems';

const quotas = { group: '', version: 'v1', resource: 'resourcequotas', namespaced: true };

/** What would be used of each namespace, in the words of a ResourceQuota: `pods`, `requests.cpu`, `count/secrets`. */
export class NamespaceUse {
  readonly #use = new Map<string, Map<string, number>>();

  /** An object that is to be created. Pods of a workload count as they will be made. */
  add(groupResource: string, object: KubeObject): void {
    const { namespace } = object.metadata;
    if (namespace === undefined) return;
    const use = this.#use.get(namespace) ?? new Map<string, number>();
    this.#use.set(namespace, use);
    const count = (what: string, number: number) => use.set(what, (use.get(what) ?? 0) + number);
    count(`count/${groupResource}`, 1);
    if (!groupResource.includes('.')) count(groupResource, groupResource === 'pods' ? 0 : 1);
    if (groupResource === 'services') {
      if (object.spec?.type === 'LoadBalancer') count('services.loadbalancers', 1);
      if (object.spec?.type === 'NodePort') count('services.nodeports', 1);
    }
    if (groupResource === 'persistentvolumeclaims') {
      const requests = objectAt(objectAt(object.spec, 'resources'), 'requests');
      count('requests.storage', quantityOf(String(requests?.storage ?? '0')));
    }
    const pods = podsOf(groupResource, object);
    if (pods === 0) return;
    count('pods', pods);
    for (const container of containersOf(podSpecOf(groupResource, object))) {
      for (const side of ['requests', 'limits']) {
        for (const [name, value] of Object.entries(objectAt(objectAt(container, 'resources'), side) ?? {})) {
          const amount = pods * quantityOf(String(value));
          count(`${side}.${name}`, amount);
          if (side === 'requests') count(name, amount);
        }
      }
    }
  }

  get namespaces(): string[] {
    return [...this.#use.keys()];
  }

  of(namespace: string, what: string): number {
    return this.#use.get(namespace)?.get(what) ?? 0;
  }
}

function podsOf(groupResource: string, object: KubeObject): number {
  if (groupResource === 'pods') return 1;
  if (/^(deployments|statefulsets|replicasets)\.apps$|^replicationcontrollers$/.test(groupResource)) {
    return Number(object.spec?.replicas ?? 1);
  }
  return groupResource === 'jobs.batch' ? Number(object.spec?.parallelism ?? 1) : 0;
}

/** Finds quotas, of the cluster and of the restore, that the restored objects do not fit into. */
export async function checkQuotas(
  calls: TargetCalls,
  use: NamespaceUse,
  restored: readonly KubeObject[],
  problems: Problems,
): Promise<void> {
  const { objects: present } = await calls.list(quotas);
  for (const quota of [...present, ...restored]) {
    const { namespace = '', name } = quota.metadata;
    // Those with scopes count only some of the pods.
    if (quota.spec?.scopes || quota.spec?.scopeSelector) continue;
    for (const [what, hard] of Object.entries(objectAt(quota.spec, 'hard') ?? {})) {
      const used = quantityOf(String(objectAt(quota.status, 'used')?.[what] ?? '0'));
      const more = use.of(namespace, what);
      if (more === 0 || used + more <= quantityOf(String(hard)) * (1 + 1e-9)) continue;
      problems.add(
        'quota-too-small',
        `quota ${name} of namespace ${namespace} is too small: ${what} ${round(used)} used, ${round(more)} more, ${String(hard)} allowed`,
        'raise it, or restore less',
        [`resourcequotas ${namespace}/${name}`],
      );
    }
  }
}

function round(amount: number): string {
  return String(Math.round(amount * 1000) / 1000);
}
