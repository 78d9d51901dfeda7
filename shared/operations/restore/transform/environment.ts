import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { objectsOf } from '../convert/conversion';
import { mapHosts } from './map-namespace';
import { containersOf, podSpecOf } from './pod-spec';

/**
 * Maps namespaces in the values of environment variables: a value that is the name of a mapped namespace, and the host names
 * of its Services, `db.shop.svc` and `db.shop.svc.cluster.local`. Changes `object`.
 */
export function mapEnvironment(
  groupResource: string,
  object: KubeObject,
  mapping: Readonly<Record<string, string>>,
): void {
  const mapped = (name: string) => (Object.hasOwn(mapping, name) ? mapping[name]! : name);
  for (const container of containersOf(podSpecOf(groupResource, object))) {
    for (const variable of objectsOf(container.env)) {
      if (typeof variable.value === 'string') variable.value = mapHosts(mapped(variable.value), mapped);
    }
  }
}
