import type { KubeObject } from '../../cluster/kube-object';
import { objectAt, objectsOf } from '../convert/conversion';
import { containersOf, podSpecOf } from './pod-spec';

type Fields = Record<string, unknown>;
type Mapped = (namespace: string) => string;

/**
 * Maps the namespaces that an object names, beside its own: subjects of RBAC, subjects and namespaces of FlowSchemas, backends
 * of webhooks, APIServices and CRDs, sources of claims, backends and parents of Gateway routes, grants, targets of endpoints,
 * and selectors of namespaces by name.
 * Ingresses name Services of their own namespace alone. Changes `object`.
 */
export function mapReferences(groupResource: string, object: KubeObject, mapped: Mapped): void {
  const [, group = ''] = /^[^.]+\.(.+)$/.exec(groupResource) ?? [];
  if (group === 'gateway.networking.k8s.io') mapNamespaceFields(object.spec, mapped);
  switch (groupResource) {
    case 'clusterrolebindings.rbac.authorization.k8s.io':
    case 'rolebindings.rbac.authorization.k8s.io':
      for (const subject of objectsOf(object.subjects)) mapSubject(subject, mapped);
      break;
    case 'flowschemas.flowcontrol.apiserver.k8s.io':
      for (const rule of objectsOf(object.spec?.rules)) mapFlowRule(rule, mapped);
      break;
    case 'mutatingwebhookconfigurations.admissionregistration.k8s.io':
    case 'validatingwebhookconfigurations.admissionregistration.k8s.io':
      for (const webhook of objectsOf(object.webhooks)) {
        mapNamespace(objectAt(objectAt(webhook, 'clientConfig'), 'service'), mapped);
        mapSelector(objectAt(webhook, 'namespaceSelector'), mapped);
      }
      break;
    case 'apiservices.apiregistration.k8s.io':
      mapNamespace(objectAt(object.spec, 'service'), mapped);
      break;
    case 'customresourcedefinitions.apiextensions.k8s.io': {
      const conversion = objectAt(object.spec, 'conversion');
      const webhook = objectAt(conversion, 'webhook') ?? conversion;
      mapNamespace(objectAt(objectAt(webhook, 'clientConfig'), 'service'), mapped);
      mapNamespace(objectAt(objectAt(conversion, 'webhookClientConfig'), 'service'), mapped);
      break;
    }
    case 'persistentvolumeclaims':
      mapNamespace(objectAt(object.spec, 'dataSourceRef'), mapped);
      break;
    case 'endpoints':
      for (const subset of objectsOf(object.subsets)) {
        for (const address of [...objectsOf(subset.addresses), ...objectsOf(subset.notReadyAddresses)]) {
          mapNamespace(objectAt(address, 'targetRef'), mapped);
        }
      }
      break;
    case 'endpointslices.discovery.k8s.io':
      for (const endpoint of objectsOf(object.endpoints))
        mapNamespace(objectAt(endpoint, 'targetRef'), mapped);
      break;
    case 'networkpolicies.networking.k8s.io':
      for (const rule of [...objectsOf(object.spec?.ingress), ...objectsOf(object.spec?.egress)]) {
        for (const peer of [...objectsOf(rule.from), ...objectsOf(rule.to)]) {
          mapSelector(objectAt(peer, 'namespaceSelector'), mapped);
        }
      }
      break;
  }
}

/**
 * Maps namespaces in the values of environment variables: a value that is the name of a mapped namespace, and the host names
 * of its Services, `db.shop.svc` and `db.shop.svc.cluster.local`. Changes `object`.
 */
export function mapEnvironment(
  groupResource: string,
  object: KubeObject,
  mapping: Readonly<Record<string, string>>,
): void {
  for (const container of containersOf(podSpecOf(groupResource, object))) {
    for (const variable of objectsOf(container.env)) {
      if (typeof variable.value === 'string') variable.value = mapValue(variable.value, mapping);
    }
  }
}

function mapValue(value: string, mapping: Readonly<Record<string, string>>): string {
  if (Object.hasOwn(mapping, value)) return mapping[value]!;
  return value.replace(/(?<=[a-z0-9]\.)([a-z0-9-]+)(?=\.svc\b)/g, (name) =>
    Object.hasOwn(mapping, name) ? mapping[name]! : name,
  );
}

/** clusterrolebinding_action.go. */
function mapSubject(subject: Fields, mapped: Mapped): void {
  mapNamespace(subject, mapped);
  if (subject.kind === 'User' || subject.kind === 'Group') mapAccountName(subject, mapped);
}

/** A FlowSchema's subjects hold what RBAC's say in a field called as their kind (flowcontrol/v1, PolicyRulesWithSubjects). */
function mapFlowRule(rule: Fields, mapped: Mapped): void {
  for (const subject of objectsOf(rule.subjects)) {
    mapNamespace(objectAt(subject, 'serviceAccount'), mapped);
    for (const named of [objectAt(subject, 'user'), objectAt(subject, 'group')])
      mapAccountName(named, mapped);
  }
  for (const resources of objectsOf(rule.resourceRules)) {
    if (Array.isArray(resources.namespaces)) {
      resources.namespaces = resources.namespaces.map((one) => mapped(String(one)));
    }
  }
}

/** Service accounts as users, and those of a namespace as a group (apiserver, serviceaccount/util.go). */
function mapAccountName(named: Fields | undefined, mapped: Mapped): void {
  if (typeof named?.name !== 'string') return;
  named.name = named.name.replace(
    /^(system:serviceaccounts?:)([^:]+)/,
    (_, prefix: string, namespace: string) => prefix + mapped(namespace),
  );
}

function mapNamespace(reference: Fields | undefined, mapped: Mapped): void {
  if (typeof reference?.namespace === 'string' && reference.namespace !== '') {
    reference.namespace = mapped(reference.namespace);
  }
}

const nameLabel = 'kubernetes.io/metadata.name';

function mapSelector(selector: Fields | undefined, mapped: Mapped): void {
  const labels = objectAt(selector, 'matchLabels');
  if (typeof labels?.[nameLabel] === 'string') labels[nameLabel] = mapped(labels[nameLabel]);
  for (const expression of objectsOf(selector?.matchExpressions)) {
    if (expression.key !== nameLabel || !Array.isArray(expression.values)) continue;
    expression.values = expression.values.map((value) => mapped(String(value)));
  }
}

/** In the Gateway API every field of that name is one. */
function mapNamespaceFields(value: unknown, mapped: Mapped): void {
  if (Array.isArray(value)) {
    for (const item of value) mapNamespaceFields(item, mapped);
  } else if (typeof value === 'object' && value !== null) {
    const fields = value as Fields;
    mapNamespace(fields, mapped);
    for (const inner of Object.values(fields)) mapNamespaceFields(inner, mapped);
  }
}
