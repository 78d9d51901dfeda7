import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import type { FinishedKinds } from '../../../formats/manifests/finished-kinds';
import { tokenAccountAnnotation, tokenSecretType } from '../../../formats/manifests/token-secret';
import type { ItemRef } from '../../../formats/vault/archive-types';
import { automaticTokenOf } from '../transform/automatic-token';
import { isBuiltInFlowControl } from './built-in-flow-control';

/** What other objects of the archive say that decides about this one. */
export interface Surroundings {
  /** `namespace/name` of the Services with a selector: their endpoints are the cluster's. */
  selectingServices: ReadonlySet<string>;
  /** Where the end of things is told that run to an end. */
  finished: FinishedKinds;
}

/** Why the cluster looks after this object itself, so that a restore must not; undefined when it does not. */
export type Rule = (item: ItemRef, object: KubeObject, around: Surroundings) => string | undefined;

const reasonIf =
  (reason: string, holds: (item: ItemRef, object: KubeObject) => boolean): Rule =>
  (item, object) =>
    holds(item, object) ? reason : undefined;

const flowControl = reasonIf('the API server keeps it up to date', isBuiltInFlowControl);
const ownService = reasonIf(
  'the API server makes its own Service and endpoints',
  (item, object) => item.namespace === 'default' && isKubernetesService(item, object),
);

/** By group-resource, the rules of kinds that are restored in part; several are asked in turn. */
export const kindRules: Readonly<Record<string, readonly Rule[]>> = {
  configmaps: [
    reasonIf(
      "a controller publishes the cluster's own CA certificate",
      ({ name }) => name === 'kube-root-ca.crt',
    ),
  ],
  endpoints: [ownService, endpointsOfController],
  pods: [
    reasonIf(
      'it mirrors a static pod of its node',
      (_, { metadata }) => metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined,
    ),
    (_, { status }) =>
      ['Succeeded', 'Failed'].includes(String(status?.phase))
        ? `the pod has ended (${String(status?.phase)})`
        : undefined,
  ],
  secrets: [
    reasonIf('a controller makes the tokens of service accounts', (_, secret) => isAutomaticToken(secret)),
  ],
  services: [ownService],
  'apiservices.apiregistration.k8s.io': [
    reasonIf(
      'the API server registers its own APIs',
      (_, object) => label(object, 'kube-aggregator.kubernetes.io/automanaged') !== undefined,
    ),
  ],
  'clustertrustbundles.certificates.k8s.io': [
    reasonIf('a controller of the cluster publishes it', (_, { spec }) =>
      String(spec?.signerName ?? '').startsWith('kubernetes.io/'),
    ),
  ],
  'endpointslices.discovery.k8s.io': [ownService, sliceOfController],
  'flowschemas.flowcontrol.apiserver.k8s.io': [flowControl],
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': [flowControl],
  'servicecidrs.networking.k8s.io': [
    reasonIf("the API server makes the cluster's own ServiceCIDR", ({ name }) => name === 'kubernetes'),
  ],
};

function isAutomaticToken(secret: KubeObject): boolean {
  if (secret.type !== tokenSecretType) return false;
  const account = secret.metadata.annotations?.[tokenAccountAnnotation];
  return account !== undefined && automaticTokenOf(account).test(secret.metadata.name);
}

function isKubernetesService(item: ItemRef, object: KubeObject): boolean {
  if (item.name === 'kubernetes') return true;
  return (
    item.groupResource === 'endpointslices.discovery.k8s.io' &&
    label(object, 'kubernetes.io/service-name') === 'kubernetes'
  );
}

function endpointsOfController(item: ItemRef, object: KubeObject, around: Surroundings): string | undefined {
  if (around.selectingServices.has(`${item.namespace}/${item.name}`)) return 'its Service has a selector';
  if (label(object, 'endpoints.kubernetes.io/managed-by') === 'endpoint-controller')
    return 'a controller keeps it';
  if (object.metadata.annotations?.['control-plane.alpha.kubernetes.io/leader'] !== undefined) {
    return 'it is a lock for leader election';
  }
  return undefined;
}

function sliceOfController(_item: ItemRef, object: KubeObject): string | undefined {
  const manager = label(object, 'endpointslice.kubernetes.io/managed-by') ?? '';
  return /^endpointslice(mirroring)?-controller\.k8s\.io$/.test(manager)
    ? 'a controller keeps it'
    : undefined;
}

function label(object: KubeObject, name: string): string | undefined {
  return object.metadata.labels?.[name];
}
