import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { type Fields, objectAt, objectsOf } from '../convert/conversion';
import {
  type Mapped,
  mapAccountName,
  mapEveryNamespace,
  mapField,
  mapHosts,
  mapList,
  mapNameSelectors,
  mapNamespace,
  mapSubject,
} from './map-namespace';
import { claimSpecsOf, podSpecOf } from './pod-spec';

/** References of some kinds to namespaces, and how they are mapped. */
export interface ReferenceRow {
  /** As the documentation names the kinds and the fields. */
  objects: string;
  fields: string;
  matches(groupResource: string): boolean;
  /** Changes the object. */
  map(object: KubeObject, mapped: Mapped, groupResource: string): void;
}

const of =
  (...groupResources: string[]) =>
  (groupResource: string): boolean =>
    groupResources.includes(groupResource);

const ofGroup = (group: string) => (groupResource: string) => groupResource.endsWith(`.${group}`);

const admission = 'admissionregistration.k8s.io';
const snapshots = 'snapshot.storage.k8s.io';

/** The one row that holds for every kind. */
export const selectorsOfNamespaces: ReferenceRow = {
  objects: 'every kind',
  fields: 'selectors of namespaces by the label `kubernetes.io/metadata.name`',
  matches: () => true,
  map: (object, mapped) => {
    const { apiVersion: _a, kind: _k, metadata: _m, ...content } = object;
    mapNameSelectors(content, mapped);
  },
};

/**
 * Every reference to a namespace that a namespace mapping maps, beside an object's own namespace and a volume's claim. Fields
 * are those of Kubernetes v1.37 and of the Gateway API. References that no row knows are found by `NamespaceMentions`.
 */
export const referenceTable: readonly ReferenceRow[] = [
  {
    objects: 'RoleBindings, ClusterRoleBindings',
    fields: 'subjects, also accounts named as users and groups',
    matches: of('rolebindings.rbac.authorization.k8s.io', 'clusterrolebindings.rbac.authorization.k8s.io'),
    map: (object, mapped) => {
      for (const subject of objectsOf(object.subjects)) mapSubject(subject, mapped);
    },
  },
  {
    objects: 'Roles, ClusterRoles',
    fields: '`resourceNames` of rules about namespaces alone',
    matches: of('roles.rbac.authorization.k8s.io', 'clusterroles.rbac.authorization.k8s.io'),
    map: (object, mapped) => {
      for (const rule of objectsOf(object.rules)) {
        // A rule about other resources too may mean an object that is called as the namespace is.
        const aboutNamespaces =
          Array.isArray(rule.resources) &&
          rule.resources.every((one) => /^namespaces(\/|$)/.test(String(one)));
        if (aboutNamespaces) mapList(rule, 'resourceNames', mapped);
      }
    },
  },
  {
    objects: 'FlowSchemas',
    fields: 'subjects, and namespaces of resource rules',
    matches: of('flowschemas.flowcontrol.apiserver.k8s.io'),
    map: (object, mapped) => {
      for (const rule of objectsOf(object.spec?.rules)) mapFlowRule(rule, mapped);
    },
  },
  {
    objects: 'webhook configurations',
    fields: 'backends',
    matches: of(`mutatingwebhookconfigurations.${admission}`, `validatingwebhookconfigurations.${admission}`),
    map: (object, mapped) => {
      for (const webhook of objectsOf(object.webhooks)) {
        mapNamespace(objectAt(objectAt(webhook, 'clientConfig'), 'service'), mapped);
      }
    },
  },
  {
    objects: 'bindings of admission policies',
    fields: '`paramRef.namespace`',
    matches: of(
      `validatingadmissionpolicybindings.${admission}`,
      `mutatingadmissionpolicybindings.${admission}`,
    ),
    map: (object, mapped) => mapNamespace(objectAt(object.spec, 'paramRef'), mapped),
  },
  {
    objects: 'APIServices',
    fields: 'the Service behind them',
    matches: of('apiservices.apiregistration.k8s.io'),
    map: (object, mapped) => mapNamespace(objectAt(object.spec, 'service'), mapped),
  },
  {
    objects: 'CustomResourceDefinitions',
    fields: 'the Service of a conversion webhook',
    matches: of('customresourcedefinitions.apiextensions.k8s.io'),
    map: (object, mapped) => {
      const conversion = objectAt(object.spec, 'conversion');
      for (const client of [
        objectAt(objectAt(conversion, 'webhook'), 'clientConfig'),
        objectAt(conversion, 'clientConfig'),
        // apiextensions.k8s.io/v1beta1
        objectAt(conversion, 'webhookClientConfig'),
      ]) {
        mapNamespace(objectAt(client, 'service'), mapped);
      }
    },
  },
  {
    objects: 'Services',
    fields: '`externalName` that is the host name of a Service',
    matches: of('services'),
    map: (object, mapped) => {
      const { spec } = object;
      if (typeof spec?.externalName === 'string') spec.externalName = mapHosts(spec.externalName, mapped);
    },
  },
  {
    objects: 'Endpoints, EndpointSlices',
    fields: 'targets of addresses',
    matches: of('endpoints', 'endpointslices.discovery.k8s.io'),
    map: (object, mapped) => {
      const addresses = objectsOf(object.subsets).flatMap((subset) => [
        ...objectsOf(subset.addresses),
        ...objectsOf(subset.notReadyAddresses),
      ]);
      for (const one of [...addresses, ...objectsOf(object.endpoints)]) {
        mapNamespace(objectAt(one, 'targetRef'), mapped);
      }
    },
  },
  {
    objects: 'PersistentVolumeClaims, templates of claims in StatefulSets and pods',
    fields: '`dataSourceRef.namespace`',
    matches: () => true,
    map: (object, mapped, groupResource) => {
      for (const spec of claimSpecsOf(groupResource, object)) {
        mapNamespace(objectAt(spec, 'dataSourceRef'), mapped);
      }
    },
  },
  {
    objects: 'PersistentVolumes',
    fields: 'Secrets and Endpoints of the volume source, the Secret for its deletion',
    matches: of('persistentvolumes'),
    map: (object, mapped) => {
      for (const source of Object.values(object.spec ?? {})) {
        const fields = objectAt({ source }, 'source');
        for (const name of Object.keys(fields ?? {})) {
          if (/secretRef$/i.test(name)) mapNamespace(objectAt(fields, name), mapped);
        }
        // azureFile, glusterfs. The claim is mapped where the volume is released from its old one, see `resetKind`.
        mapField(fields, 'secretNamespace', mapped);
        mapField(fields, 'endpointsNamespace', mapped);
      }
      mapSecretNamespaces(object.metadata.annotations, mapped);
    },
  },
  {
    objects: 'StorageClasses, VolumeSnapshotClasses, VolumeGroupSnapshotClasses',
    fields: 'parameters that are the namespace of a Secret',
    matches: of(
      'storageclasses.storage.k8s.io',
      `volumesnapshotclasses.${snapshots}`,
      `volumegroupsnapshotclasses.group${snapshots}`,
    ),
    map: (object, mapped) => mapSecretNamespaces(objectAt(object, 'parameters'), mapped),
  },
  {
    objects: 'IngressClasses',
    fields: '`parameters.namespace`',
    matches: of('ingressclasses.networking.k8s.io'),
    map: (object, mapped) => mapNamespace(objectAt(object.spec, 'parameters'), mapped),
  },
  {
    objects: 'pods and templates of pods',
    fields: '`namespaces` of pod affinity and anti-affinity',
    matches: () => true,
    map: (object, mapped, groupResource) => {
      const affinity = objectAt(podSpecOf(groupResource, object), 'affinity');
      for (const side of ['podAffinity', 'podAntiAffinity']) {
        const rules = objectAt(affinity, side);
        const required = objectsOf(rules?.requiredDuringSchedulingIgnoredDuringExecution);
        const preferred = objectsOf(rules?.preferredDuringSchedulingIgnoredDuringExecution);
        for (const term of [...required, ...preferred.map((one) => objectAt(one, 'podAffinityTerm'))]) {
          mapList(term, 'namespaces', mapped);
        }
      }
    },
  },
  {
    objects: 'the Gateway API',
    fields: 'every field `namespace`',
    matches: ofGroup('gateway.networking.k8s.io'),
    map: (object, mapped) => mapEveryNamespace(object.spec, mapped),
  },
  selectorsOfNamespaces,
];

/** A FlowSchema's subjects hold the fields of RBAC's in a field named after their kind (flowcontrol/v1, PolicyRulesWithSubjects). */
function mapFlowRule(rule: Fields, mapped: Mapped): void {
  for (const subject of objectsOf(rule.subjects)) {
    mapNamespace(objectAt(subject, 'serviceAccount'), mapped);
    for (const named of [objectAt(subject, 'user'), objectAt(subject, 'group')])
      mapAccountName(named, mapped);
  }
  for (const resources of objectsOf(rule.resourceRules)) mapList(resources, 'namespaces', mapped);
}

/** `csi.storage.k8s.io/provisioner-secret-namespace`, `adminSecretNamespace`: the name of a namespace, or a template of one. */
function mapSecretNamespaces(parameters: Fields | undefined, mapped: Mapped): void {
  for (const name of Object.keys(parameters ?? {})) {
    if (/secret-?namespace$/i.test(name)) mapField(parameters, name, mapped);
  }
}
