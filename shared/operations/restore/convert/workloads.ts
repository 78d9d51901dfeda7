import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { annotate, type Conversion, objectAt, renamed, takeAnnotation } from './conversion';

const rollbackAnnotation = 'deprecated.deployment.rollback.to';
const generationAnnotation = 'deprecated.daemonset.template.generation';

/** The workloads of the groups before apps/v1, the network policies and the CronJobs of the versions before theirs. */
export const workloadConversions: Conversion[] = [
  ...between('Deployment', 'deployments', {
    newer: ['apps/v1', 'apps/v1beta2'],
    older: ['apps/v1beta1', 'extensions/v1beta1'],
    toNewer: rollbackToAnnotation,
    toOlder: rollbackFromAnnotation,
  }),
  ...between('DaemonSet', 'daemonsets', {
    newer: ['apps/v1', 'apps/v1beta2'],
    older: ['extensions/v1beta1'],
    toNewer: generationToAnnotation,
    toOlder: generationFromAnnotation,
  }),
  ...renamed('ReplicaSet', 'replicasets', ['apps/v1', 'apps/v1beta2', 'extensions/v1beta1']).map(selecting),
  ...renamed('StatefulSet', 'statefulsets', ['apps/v1', 'apps/v1beta2', 'apps/v1beta1']).map(selecting),
  ...renamed('ControllerRevision', 'controllerrevisions', ['apps/v1', 'apps/v1beta2', 'apps/v1beta1']),
  ...renamed('NetworkPolicy', 'networkpolicies', ['networking.k8s.io/v1', 'extensions/v1beta1']),
  ...renamed('CronJob', 'cronjobs', ['batch/v1', 'batch/v1beta1']),
  ...renamed('CronJob', 'cronjobs', ['batch/v1beta1', 'batch/v2alpha1']),
];

interface Generations {
  newer: string[];
  older: string[];
  toNewer(object: KubeObject): void;
  toOlder(object: KubeObject): void;
}

function between(kind: string, resource: string, generations: Generations): Conversion[] {
  const { newer, older, toNewer, toOlder } = generations;
  const pair = (one: string, other: string): Conversion[] => [
    { kind, resource, from: one, to: other, convert: toNewer },
    { kind, resource, from: other, to: one, convert: toOlder },
  ];
  return [
    ...renamed(kind, resource, newer),
    ...older.flatMap((from) => newer.flatMap((to) => pair(from, to))),
    ...renamed(kind, resource, older),
  ].map(selecting);
}

/** The older versions take a selector that is not set from the labels of the template; apps/v1 requires it. */
function selecting(conversion: Conversion): Conversion {
  return {
    ...conversion,
    convert(object) {
      const labels = objectAt(objectAt(objectAt(object.spec, 'template'), 'metadata'), 'labels');
      if (object.spec && !object.spec.selector && labels)
        object.spec.selector = { matchLabels: { ...labels } };
      conversion.convert?.(object);
    },
  };
}

function rollbackToAnnotation(deployment: KubeObject): void {
  const { spec } = deployment;
  const rollback = objectAt(spec, 'rollbackTo');
  if (!spec || !rollback) return;
  delete spec.rollbackTo;
  annotate(deployment, rollbackAnnotation, String(rollback.revision ?? 0));
}

function rollbackFromAnnotation(deployment: KubeObject): void {
  const revision = takeAnnotation(deployment, rollbackAnnotation);
  if (revision === undefined || !deployment.spec) return;
  deployment.spec.rollbackTo = revision === '0' ? {} : { revision: Number(revision) };
}

function generationToAnnotation(daemonSet: KubeObject): void {
  const { spec } = daemonSet;
  if (!spec) return;
  annotate(daemonSet, generationAnnotation, String(spec.templateGeneration ?? 0));
  delete spec.templateGeneration;
}

function generationFromAnnotation(daemonSet: KubeObject): void {
  const generation = takeAnnotation(daemonSet, generationAnnotation);
  if (generation !== undefined && generation !== '0' && daemonSet.spec)
    daemonSet.spec.templateGeneration = Number(generation);
}
