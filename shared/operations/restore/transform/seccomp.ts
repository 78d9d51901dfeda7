import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { containersOf, podSpecOf } from './pod-spec';
import { type Fields, objectAt } from '../convert/conversion';

const podAnnotation = 'seccomp.security.alpha.kubernetes.io/pod';
const containerAnnotation = 'container.seccomp.security.alpha.kubernetes.io/';

/**
 * Turns the seccomp annotations of pods and pod templates into fields, which exist since 1.19: API servers from 1.27 on do
 * not read the annotations, and the pod would run without its profile. A field that is set wins. Changes `object`.
 */
export function seccompToFields(groupResource: string, object: KubeObject): void {
  const spec = podSpecOf(groupResource, object);
  const metadata = spec && holderOf(object, spec);
  const annotations = objectAt(metadata, 'annotations');
  if (!spec || !metadata || !annotations) return;
  take(annotations, podAnnotation, spec);
  for (const container of containersOf(spec)) {
    if (typeof container.name === 'string')
      take(annotations, `${containerAnnotation}${container.name}`, container);
  }
  if (Object.keys(annotations).length === 0) delete metadata.annotations;
}

/** The metadata beside a pod spec: the pod's own or its template's. */
function holderOf(object: Fields, podSpec: Fields): Fields | undefined {
  if (object.spec === podSpec) return objectAt(object, 'metadata');
  for (const field of ['spec', 'template', 'jobTemplate']) {
    const below = objectAt(object, field);
    const found = below && holderOf(below, podSpec);
    if (found) return found;
  }
  return undefined;
}

function take(annotations: Fields, name: string, holder: Fields): void {
  const profile = Object.hasOwn(annotations, name) ? profileOf(annotations[name]) : undefined;
  if (!profile) return;
  delete annotations[name];
  const context = objectAt(holder, 'securityContext') ?? {};
  context.seccompProfile ??= profile;
  holder.securityContext = context;
}

function profileOf(value: unknown): Fields | undefined {
  if (value === 'runtime/default' || value === 'docker/default') return { type: 'RuntimeDefault' };
  if (value === 'unconfined') return { type: 'Unconfined' };
  const path = /^localhost\/(.+)$/.exec(String(value))?.[1];
  return path === undefined ? undefined : { type: 'Localhost', localhostProfile: path };
}
