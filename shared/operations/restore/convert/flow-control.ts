import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { annotate, type Conversion, objectAt, rename, renamed, takeAnnotation } from './conversion';

const group = 'flowcontrol.apiserver.k8s.io';
const stable = `${group}/v1`;
const third = `${group}/v1beta3`;
const early = [`${group}/v1beta2`, `${group}/v1beta1`];
const alpha = [`${group}/v1beta1`, `${group}/v1alpha1`];

/** How v1beta3, where 0 shares mean the default, says that 0 is meant (pkg/apis/flowcontrol/v1beta3). */
const zeroAnnotation = 'flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares';

const level = { kind: 'PriorityLevelConfiguration', resource: 'prioritylevelconfigurations' };

/** The shares of a limited level were renamed with v1beta3; flow schemas never changed. */
export const flowControlConversions: Conversion[] = [
  ...renamed('FlowSchema', 'flowschemas', [stable, third, ...early]),
  ...renamed('FlowSchema', 'flowschemas', alpha),
  { ...level, from: third, to: stable, convert: withoutZeroMark },
  { ...level, from: stable, to: third, convert: markZero },
  ...early.flatMap((one): Conversion[] => [
    { ...level, from: one, to: stable, convert: sharesToNominal },
    { ...level, from: stable, to: one, convert: sharesToAssured },
    { ...level, from: one, to: third, convert: sharesToNominalMarked },
    { ...level, from: third, to: one, convert: sharesToAssured },
  ]),
  ...renamed(level.kind, level.resource, early),
  ...renamed(level.kind, level.resource, alpha),
];

function sharesToNominal(configuration: KubeObject): void {
  const limited = objectAt(configuration.spec, 'limited');
  if (limited) rename(limited, 'assuredConcurrencyShares', 'nominalConcurrencyShares');
}

function sharesToNominalMarked(configuration: KubeObject): void {
  sharesToNominal(configuration);
  markZero(configuration);
}

function sharesToAssured(configuration: KubeObject): void {
  withoutZeroMark(configuration);
  const limited = objectAt(configuration.spec, 'limited');
  if (limited) rename(limited, 'nominalConcurrencyShares', 'assuredConcurrencyShares');
}

function withoutZeroMark(configuration: KubeObject): void {
  takeAnnotation(configuration, zeroAnnotation);
}

function markZero(configuration: KubeObject): void {
  if (objectAt(configuration.spec, 'limited')?.nominalConcurrencyShares === 0) {
    annotate(configuration, zeroAnnotation, '');
  }
}
