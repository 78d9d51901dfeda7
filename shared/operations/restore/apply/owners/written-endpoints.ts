import { objectPath } from '../../../../platform/kubernetes/api-path';
import { groupResource } from '../../../../platform/kubernetes/api-resource';
import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import { placeName } from '../../../../formats/manifests/object-name';
import type { Place } from '../../target/place';
import type { Target } from '../../target/target';
import type { TargetCalls } from '../../target/target-calls';

/** What the look for Endpoints asks. */
export interface EndpointsWork {
  calls: TargetCalls;
  target: Target;
}

/**
 * Says which Endpoints somebody wrote for a Service without a selector; undefined when there are none. With a Service goes
 * every Endpoints of its name, though it has no owner (pkg/controller/endpoint, syncService). Slices stay.
 */
export async function writtenEndpoints(
  work: EndpointsWork,
  { groupResource: kind, namespace, name }: Place,
  { spec }: KubeObject,
): Promise<string | undefined> {
  if (kind !== 'services' || Object.keys(spec?.selector ?? {}).length > 0) return undefined;
  const resource = work.target.resources.find((one) => groupResource(one) === 'endpoints');
  if (!resource) return undefined;
  const { object, status } = await work.calls.read(objectPath(resource, namespace, name));
  const endpoints = `endpoints ${placeName({ namespace, name })}`;
  if (status) return `${endpoints} cannot be read: ${status.message}`;
  if (!object || object.metadata.labels?.['endpoints.kubernetes.io/managed-by']) return undefined;
  return `${endpoints}, which somebody wrote, would be deleted with it`;
}
