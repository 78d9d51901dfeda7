import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../../../shared/platform/kubernetes/kube-object';
import { mapEnvironment } from '../../../../../shared/operations/restore/transform/environment';
import { mapReferences } from '../../../../../shared/operations/restore/transform/references';

const mapped = (namespace: string) => (namespace === 'shop' ? 'shop-2' : namespace);
const object = (fields: object) => ({ metadata: { name: 'x' }, ...fields }) as unknown as KubeObject;

const selector = (name: string) => ({
  matchLabels: { 'kubernetes.io/metadata.name': name, team: 'shop' },
  matchExpressions: [
    { key: 'kubernetes.io/metadata.name', operator: 'In', values: [name, 'other'] },
    { key: 'team', operator: 'In', values: ['shop'] },
  ],
});
const podSpec = (ns: string) => ({
  affinity: {
    podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ namespaces: [ns, 'other'] }] },
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, podAffinityTerm: { namespaces: [ns], namespaceSelector: selector(ns) } },
      ],
    },
  },
  volumes: [{ ephemeral: { volumeClaimTemplate: { spec: { dataSourceRef: { namespace: ns } } } } }],
});
const deletion = 'volume.kubernetes.io/provisioner-deletion-secret-namespace';
const provisioner = 'csi.storage.k8s.io/provisioner-secret-namespace';
const publish = 'csi.storage.k8s.io/node-publish-secret-namespace';
// biome-ignore lint/suspicious/noTemplateCurlyInString: Kubernetes writes its templates so
const template = '${pvc.namespace}';

describe('mapReferences', () => {
  it.each([
    [
      'subjects of RBAC, also accounts named as users and groups',
      'clusterrolebindings.rbac.authorization.k8s.io',
      {
        subjects: [
          { kind: 'ServiceAccount', namespace: 'shop' },
          { kind: 'User', name: 'system:serviceaccount:shop:web' },
          { kind: 'Group', name: 'system:serviceaccounts:shop' },
          { kind: 'User', name: 'shop' },
          { kind: 'ServiceAccount', namespace: 'other' },
        ],
      },
      {
        subjects: [
          { kind: 'ServiceAccount', namespace: 'shop-2' },
          { kind: 'User', name: 'system:serviceaccount:shop-2:web' },
          { kind: 'Group', name: 'system:serviceaccounts:shop-2' },
          { kind: 'User', name: 'shop' },
          { kind: 'ServiceAccount', namespace: 'other' },
        ],
      },
    ],
    [
      'service accounts whose requests a FlowSchema takes, also named as users and groups',
      'flowschemas.flowcontrol.apiserver.k8s.io',
      {
        spec: {
          rules: [
            {
              subjects: [
                { kind: 'ServiceAccount', serviceAccount: { namespace: 'shop', name: 'web' } },
                { kind: 'ServiceAccount', serviceAccount: { namespace: 'other', name: '*' } },
                { kind: 'User', user: { name: 'system:serviceaccount:shop:web' } },
                { kind: 'Group', group: { name: 'system:serviceaccounts:shop' } },
                { kind: 'Group', group: { name: 'shop' } },
              ],
              resourceRules: [
                { verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*', 'shop'] },
              ],
            },
          ],
        },
      },
      {
        spec: {
          rules: [
            {
              subjects: [
                { kind: 'ServiceAccount', serviceAccount: { namespace: 'shop-2', name: 'web' } },
                { kind: 'ServiceAccount', serviceAccount: { namespace: 'other', name: '*' } },
                { kind: 'User', user: { name: 'system:serviceaccount:shop-2:web' } },
                { kind: 'Group', group: { name: 'system:serviceaccounts:shop-2' } },
                { kind: 'Group', group: { name: 'shop' } },
              ],
              resourceRules: [
                { verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*', 'shop-2'] },
              ],
            },
          ],
        },
      },
    ],
    [
      'backends of webhooks',
      'mutatingwebhookconfigurations.admissionregistration.k8s.io',
      { webhooks: [{ clientConfig: { service: { namespace: 'shop', name: 'w' } } }] },
      { webhooks: [{ clientConfig: { service: { namespace: 'shop-2', name: 'w' } } }] },
    ],
    [
      'sources of claims',
      'persistentvolumeclaims',
      { spec: { dataSourceRef: { kind: 'VolumeSnapshot', name: 's', namespace: 'shop' } } },
      { spec: { dataSourceRef: { kind: 'VolumeSnapshot', name: 's', namespace: 'shop-2' } } },
    ],
    [
      'backends and parents of Gateway routes',
      'httproutes.gateway.networking.k8s.io',
      {
        spec: {
          parentRefs: [{ name: 'g', namespace: 'shop' }],
          rules: [{ backendRefs: [{ name: 'b', namespace: 'shop' }, { name: 'c' }] }],
        },
      },
      {
        spec: {
          parentRefs: [{ name: 'g', namespace: 'shop-2' }],
          rules: [{ backendRefs: [{ name: 'b', namespace: 'shop-2' }, { name: 'c' }] }],
        },
      },
    ],
    [
      'conversion webhooks of CRDs',
      'customresourcedefinitions.apiextensions.k8s.io',
      { spec: { conversion: { webhook: { clientConfig: { service: { namespace: 'shop' } } } } } },
      { spec: { conversion: { webhook: { clientConfig: { service: { namespace: 'shop-2' } } } } } },
    ],
    [
      'selectors of namespaces by name',
      'networkpolicies.networking.k8s.io',
      {
        spec: {
          ingress: [
            { from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } }] },
          ],
        },
      },
      {
        spec: {
          ingress: [
            { from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop-2' } } }] },
          ],
        },
      },
    ],
    [
      'rights on a namespace itself, and not on what may only be called as it is',
      'clusterroles.rbac.authorization.k8s.io',
      {
        rules: [
          { resources: ['namespaces', 'namespaces/finalize'], resourceNames: ['shop', 'other'] },
          { resources: ['namespaces', 'secrets'], resourceNames: ['shop'] },
        ],
      },
      {
        rules: [
          { resources: ['namespaces', 'namespaces/finalize'], resourceNames: ['shop-2', 'other'] },
          { resources: ['namespaces', 'secrets'], resourceNames: ['shop'] },
        ],
      },
    ],
    [
      'parameters and selectors of admission policies',
      'validatingadmissionpolicybindings.admissionregistration.k8s.io',
      { spec: { paramRef: { namespace: 'shop' }, matchResources: { namespaceSelector: selector('shop') } } },
      {
        spec: {
          paramRef: { namespace: 'shop-2' },
          matchResources: { namespaceSelector: selector('shop-2') },
        },
      },
    ],
    [
      'listeners of a Gateway that pick namespaces by name',
      'gateways.gateway.networking.k8s.io',
      {
        spec: {
          listeners: [{ allowedRoutes: { namespaces: { from: 'Selector', selector: selector('shop') } } }],
        },
      },
      {
        spec: {
          listeners: [{ allowedRoutes: { namespaces: { from: 'Selector', selector: selector('shop-2') } } }],
        },
      },
    ],
    [
      'affinity to pods of other namespaces, and sources of ephemeral volumes',
      'deployments.apps',
      { spec: { template: { spec: podSpec('shop') } } },
      { spec: { template: { spec: podSpec('shop-2') } } },
    ],
    [
      'external names that are Services of the cluster',
      'services',
      { spec: { type: 'ExternalName', externalName: 'db.shop.svc.cluster.local' } },
      { spec: { type: 'ExternalName', externalName: 'db.shop-2.svc.cluster.local' } },
    ],
    [
      'Secrets of volumes, and not what drivers call a namespace',
      'persistentvolumes',
      {
        metadata: { name: 'x', annotations: { [deletion]: 'shop' } },
        spec: {
          csi: {
            nodeStageSecretRef: { name: 's', namespace: 'shop' },
            controllerExpandSecretRef: { name: 's', namespace: 'other' },
            volumeAttributes: { namespace: 'shop' },
          },
          azureFile: { secretName: 's', secretNamespace: 'shop' },
        },
      },
      {
        metadata: { name: 'x', annotations: { [deletion]: 'shop-2' } },
        spec: {
          csi: {
            nodeStageSecretRef: { name: 's', namespace: 'shop-2' },
            controllerExpandSecretRef: { name: 's', namespace: 'other' },
            volumeAttributes: { namespace: 'shop' },
          },
          azureFile: { secretName: 's', secretNamespace: 'shop-2' },
        },
      },
    ],
    [
      'namespaces of Secrets in parameters of a StorageClass, and not templates of them',
      'storageclasses.storage.k8s.io',
      {
        parameters: {
          [provisioner]: 'shop',
          adminSecretNamespace: 'shop',
          [publish]: template,
          pool: 'shop',
        },
      },
      {
        parameters: {
          [provisioner]: 'shop-2',
          adminSecretNamespace: 'shop-2',
          [publish]: template,
          pool: 'shop',
        },
      },
    ],
    [
      'parameters of an IngressClass',
      'ingressclasses.networking.k8s.io',
      { spec: { parameters: { scope: 'Namespace', namespace: 'shop' } } },
      { spec: { parameters: { scope: 'Namespace', namespace: 'shop-2' } } },
    ],
    [
      'selectors of namespaces by name in custom resources',
      'prometheuses.monitoring.coreos.com',
      { spec: { ruleNamespaceSelector: selector('shop') } },
      { spec: { ruleNamespaceSelector: selector('shop-2') } },
    ],
  ])('maps %s', (_what, groupResource, before, after) => {
    const one = object(structuredClone(before));
    mapReferences(groupResource, one, mapped);
    expect(one).toEqual(object(after));
  });
});

describe('mapEnvironment', () => {
  it('maps host names of Services and values that are a namespace, and nothing that only looks like one', () => {
    const env = (value: string) => ({ name: 'X', value });
    const values = [
      'shop',
      'http://db.shop.svc:80/shop',
      'db.shop.svc.cluster.local',
      'workshop',
      'shop.example.com',
      'shop.svc',
    ];
    const pod = object({ spec: { containers: [{ env: values.map(env) }] } });
    mapEnvironment('pods', pod, { shop: 'shop-2' });
    expect(pod.spec).toEqual({
      containers: [
        {
          env: [
            'shop-2',
            'http://db.shop-2.svc:80/shop',
            'db.shop-2.svc.cluster.local',
            'workshop',
            'shop.example.com',
            'shop.svc',
          ].map(env),
        },
      ],
    });
  });
});
