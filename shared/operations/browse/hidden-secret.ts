import type { KubeObject } from '../../platform/kubernetes/kube-object';
import { lastAppliedAnnotation } from '../../formats/manifests/modifiers/secret-values';

/** A Secret whose values are not shown, nor its last-applied annotation, which holds them again. Any other object as it is. */
export function hiddenSecret(object: KubeObject): KubeObject {
  if (object.kind !== 'Secret' || object.apiVersion !== 'v1') return object;
  const { annotations } = object.metadata;
  const hidden: KubeObject = { ...object };
  for (const field of ['data', 'stringData']) {
    const values = object[field];
    if (values === undefined || values === null) continue;
    hidden[field] =
      typeof values === 'object'
        ? Object.fromEntries(Object.keys(values).map((name) => [name, '(hidden)']))
        : '(hidden)';
  }
  if (annotations?.[lastAppliedAnnotation] !== undefined)
    hidden.metadata = {
      ...object.metadata,
      annotations: { ...annotations, [lastAppliedAnnotation]: '(hidden)' },
    };
  return hidden;
}
