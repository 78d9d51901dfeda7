import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { objectAt, objectsOf } from '../convert/conversion';
import { copyDocument, serializeDocument } from '../document/document';
import { podSpecOf } from './pod-spec';
import { twoWayPatch } from './two-way-patch';

/** On every object that a passive restore holds back: by it they are found. */
export const passiveLabel = 'lifeboat/passive';
/** On the same: the merge patch of its spec that undoes the holding back. */
export const undoAnnotation = 'lifeboat/passive-undo';

type Fields = Record<string, unknown>;

/** Fields of a Service that only one with a load balancer may have (pkg/apis/core/validation, ValidateService). */
const ofLoadBalancers = [
  'allocateLoadBalancerNodePorts',
  'externalTrafficPolicy',
  'healthCheckNodePort',
  'loadBalancerClass',
  'loadBalancerIP',
  'loadBalancerSourceRanges',
];

/** What makes a spec do nothing. Jobs have no pods rather than being suspended, which Kubernetes before 1.21 cannot do. */
const holds: Record<string, (spec: Fields, object: KubeObject) => void> = {
  'cronjobs.batch': (spec) => {
    spec.suspend = true;
  },
  'jobs.batch': (spec) => {
    spec.parallelism = 0;
  },
  'deployments.apps': withoutReplicas,
  'statefulsets.apps': withoutReplicas,
  'replicasets.apps': withoutReplicas,
  replicationcontrollers: withoutReplicas,
  // A DaemonSet has no number of replicas: no node has this label.
  'daemonsets.apps': (_spec, object) => {
    const pod = podSpecOf('daemonsets.apps', object);
    if (pod) pod.nodeSelector = { ...objectAt(pod, 'nodeSelector'), [passiveLabel]: 'true' };
  },
  // One without a target scales nothing, whatever its version can say of itself.
  'horizontalpodautoscalers.autoscaling': (spec) => {
    const target = objectAt(spec, 'scaleTargetRef');
    if (target) target.name = `passive-${String(target.name)}`;
  },
  services: (spec) => {
    if (spec.type !== 'LoadBalancer') return;
    spec.type = 'ClusterIP';
    for (const field of ofLoadBalancers) delete spec[field];
    for (const port of objectsOf(spec.ports)) delete port.nodePort;
  },
};

/** Why a passive restore brings an object not at all; undefined when it does. */
export function notPassive(groupResource: string): string | undefined {
  if (groupResource === 'persistentvolumes') return 'a passive restore takes no storage of another cluster';
  if (groupResource === 'pods') {
    return 'a passive restore leaves out what would run at once, and a pod of its own cannot be held back';
  }
  return undefined;
}

/** Holds an object back and writes on it how to undo that. Changes `object`; one that does nothing by itself stays as it is. */
export function hold(groupResource: string, object: KubeObject): void {
  const { spec } = object;
  if (!spec || !Object.hasOwn(holds, groupResource)) return;
  const before = copyDocument(spec);
  holds[groupResource]!(spec, object);
  const undo = twoWayPatch(before, spec);
  if (!undo) return;
  const { labels, annotations } = object.metadata;
  object.metadata.labels = { ...labels, [passiveLabel]: 'true' };
  object.metadata.annotations = { ...annotations, [undoAnnotation]: serializeDocument({ spec: undo }) };
}

/** What can be held back, in the order in which it is let go: autoscalers and clocks after their workloads. */
export const heldResources = [
  'services',
  'replicationcontrollers',
  'replicasets.apps',
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'jobs.batch',
  'horizontalpodautoscalers.autoscaling',
  'cronjobs.batch',
];

/** Explicitly none: its default is one. */
function withoutReplicas(spec: Fields): void {
  spec.replicas = 0;
}
