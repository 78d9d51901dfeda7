import { describe, expect, it } from '@jest/globals';
import { restoreOrder } from '../../../../../shared/operations/restore/decide/order';

/** defaultRestorePriorities of Velero 1.18 (pkg/cmd/server/config), as the documentation of its flag lists them, without limitranges. */
const velero = [
  'customresourcedefinitions.apiextensions.k8s.io',
  'namespaces',
  'storageclasses.storage.k8s.io',
  'volumesnapshotcontents.snapshot.storage.k8s.io',
  'volumesnapshots.snapshot.storage.k8s.io',
  'persistentvolumes',
  'persistentvolumeclaims',
  'clusterroles.rbac.authorization.k8s.io',
  'roles.rbac.authorization.k8s.io',
  'serviceaccounts',
  'clusterrolebindings.rbac.authorization.k8s.io',
  'rolebindings.rbac.authorization.k8s.io',
  'secrets',
  'configmaps',
  'pods',
  'replicasets.apps',
  'endpoints',
  'services',
];
const groupOf = (groups: string[][], resource: string) =>
  groups.findIndex((group) => group.includes(resource));

describe('restoreOrder', () => {
  it('never puts a resource behind one that Velero restores after it', () => {
    const groups = restoreOrder([...velero].reverse());
    for (let index = 1; index < velero.length; index++) {
      const before = groupOf(groups, velero[index - 1]!);
      expect(before).toBeLessThanOrEqual(groupOf(groups, velero[index]!));
    }
  });

  it('waits for CRDs, namespaces, volumes and claims before what needs them', () => {
    const groups = restoreOrder([...velero, 'deployments.apps', 'coupons.shop.example.com']);
    const chain = [
      'customresourcedefinitions.apiextensions.k8s.io',
      'namespaces',
      'storageclasses.storage.k8s.io',
      'persistentvolumes',
      'persistentvolumeclaims',
      'secrets',
      'pods',
      'services',
      'deployments.apps',
    ];
    const places = chain.map((resource) => groupOf(groups, resource));
    expect([...places].sort((left, right) => left - right)).toEqual(places);
    expect(new Set(places).size).toBe(places.length);
    expect(groupOf(groups, 'coupons.shop.example.com')).toBe(groupOf(groups, 'deployments.apps'));
  });

  it('puts LimitRanges and the default PriorityClass between bare pods and workloads, the default IngressClass behind Ingresses', () => {
    const classes = ['priorityclasses.scheduling.k8s.io', 'ingressclasses.networking.k8s.io'];
    const groups = restoreOrder([
      ...classes,
      'limitranges',
      'pods',
      'replicasets.apps',
      'ingresses.networking.k8s.io',
    ]);
    const place = (name: string) => groupOf(groups, name);
    expect(place(classes[0]!)).toBeLessThan(place('pods'));
    expect(place('pods')).toBeLessThan(place('default priorityclasses.scheduling.k8s.io'));
    expect(place('default priorityclasses.scheduling.k8s.io')).toBeLessThan(place('limitranges'));
    expect(place('limitranges')).toBeLessThan(place('replicasets.apps'));
    expect(place('ingresses.networking.k8s.io')).toBeLessThan(
      place('default ingressclasses.networking.k8s.io'),
    );
  });

  it('ends with budgets and autoscalers, quotas, webhooks, then APIServices', () => {
    const groups = restoreOrder([
      'apiservices.apiregistration.k8s.io',
      'validatingwebhookconfigurations.admissionregistration.k8s.io',
      'mutatingwebhookconfigurations.admissionregistration.k8s.io',
      'resourcequotas',
      'horizontalpodautoscalers.autoscaling',
      'poddisruptionbudgets.policy',
      'zebras.example.com',
      'statefulsets.apps',
    ]);
    expect(groups).toEqual([
      ['statefulsets.apps', 'zebras.example.com'],
      ['poddisruptionbudgets.policy', 'horizontalpodautoscalers.autoscaling'],
      ['resourcequotas'],
      [
        'validatingwebhookconfigurations.admissionregistration.k8s.io',
        'mutatingwebhookconfigurations.admissionregistration.k8s.io',
      ],
      ['apiservices.apiregistration.k8s.io'],
    ]);
  });

  it('holds every resource that is there exactly once', () => {
    const present = [...velero, 'a.example.com', 'resourcequotas', 'leases.coordination.k8s.io'];
    expect(restoreOrder(present).flat().sort()).toEqual([...present].sort());
  });
});
