import type { ResourcePath } from '../../../../platform/kubernetes/api-path';
import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import { isMap } from '../../../../platform/input/is-map';
import { objectName } from '../../../../formats/manifests/object-name';
import type { Place } from '../../target/place';
import type { Refusal } from './refusal';
import type { TargetCalls } from '../../target/target-calls';

/** What holds an object that is being deleted; undefined when it is not. */
export function beingDeleted(live: KubeObject): string | undefined {
  if (live.metadata.deletionTimestamp === undefined) return undefined;
  const finalizers = live.metadata.finalizers ?? [];
  return finalizers.length > 0
    ? `it is still being deleted and waits for the finalizers ${finalizers.join(', ')}`
    : 'it is still being deleted';
}

/**
 * Why an object that is being deleted cannot be made yet; undefined when it is not. A CRD goes after its last object, so that
 * the object that stays is asked for and named.
 */
export async function deletionRefusal(
  calls: TargetCalls,
  { groupResource, name }: Place,
  live: KubeObject,
): Promise<Refusal | undefined> {
  const deletion = beingDeleted(live);
  if (deletion === undefined) return undefined;
  const refusal: Refusal = { reason: deletion, cause: 'being deleted', cure: 'time', meetsAll: false };
  if (groupResource !== 'customresourcedefinitions.apiextensions.k8s.io') return refusal;
  const holder = await holderOf(calls, live);
  if (holder === undefined) return refusal;
  const cause = `CRD ${name} is being deleted, held by ${holder}`;
  const remedy = 'let their controller finish, or remove them';
  return { ...refusal, cause, reason: `it is still being deleted, held by ${holder}: ${remedy}` };
}

/** The first object of a CRD that waits for finalizers: `widgets.example.com shop/one with the finalizers example.com/hold`. */
async function holderOf(calls: TargetCalls, { spec }: KubeObject): Promise<string | undefined> {
  const versions: unknown[] = Array.isArray(spec?.versions) ? spec.versions : [];
  const served = versions.find((one) => isMap(one) && one.served === true);
  if (!isMap(served) || !isMap(spec?.names)) return undefined;
  const resource: ResourcePath = {
    group: String(spec.group),
    version: String(served.name),
    resource: String(spec.names.plural),
    namespaced: false,
  };
  for await (const { objects } of calls.pages(resource)) {
    for (const { metadata } of objects) {
      const { finalizers = [], namespace, name } = metadata;
      if (metadata.deletionTimestamp === undefined || finalizers.length === 0) continue;
      const groupResource = `${resource.resource}.${resource.group}`;
      return `${objectName({ groupResource, namespace, name })} with the finalizers ${finalizers.join(', ')}`;
    }
  }
  return undefined;
}
