import type { KubeObject } from '../../../platform/kubernetes/kube-object';

const mark = 'default ';

/** Kinds of which one object may be the cluster's default: admission writes it into what is made after it and names none. */
const withDefaults: Record<string, (object: KubeObject) => boolean> = {
  'priorityclasses.scheduling.k8s.io': ({ globalDefault }) => globalDefault === true,
  'ingressclasses.networking.k8s.io': ({ metadata }) =>
    metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true',
};

/** The name under which the order has the defaults among objects of a resource; undefined where there are none. */
export function defaultsName(groupResource: string): string | undefined {
  return Object.hasOwn(withDefaults, groupResource) ? mark + groupResource : undefined;
}

/** The group-resource of a name of the order. */
export function resourceOfName(name: string): string {
  return name.startsWith(mark) ? name.slice(mark.length) : name;
}

/** Whether an object would be the cluster's default of its kind. */
export function isClusterDefault(groupResource: string, object: KubeObject): boolean {
  return Object.hasOwn(withDefaults, groupResource) && withDefaults[groupResource]!(object);
}

/**
 * The groups of a restore. Everything in a group may be made side by side; a group begins when the one before it has
 * ended. Velero's order (pkg/restore, defaultRestorePriorities of 1.18) with four additions: LimitRanges and the
 * default PriorityClass after bare pods, which may be older, and before workloads, whose pods get them; quotas after what they
 * count; budgets and autoscalers after their workloads; admission webhooks and APIServices last, since one whose backend
 * is not up stops everything that comes after it.
 */
const early: string[][] = [
  ['customresourcedefinitions.apiextensions.k8s.io'],
  ['namespaces'],
  [
    'storageclasses.storage.k8s.io',
    'volumeattributesclasses.storage.k8s.io',
    'deviceclasses.resource.k8s.io',
    'volumesnapshotclasses.snapshot.storage.k8s.io',
    'priorityclasses.scheduling.k8s.io',
    'runtimeclasses.node.k8s.io',
    'ingressclasses.networking.k8s.io',
    'csidrivers.storage.k8s.io',
  ],
  ['volumesnapshotcontents.snapshot.storage.k8s.io'],
  ['volumesnapshots.snapshot.storage.k8s.io'],
  ['persistentvolumes'],
  [
    'persistentvolumeclaims',
    'clusterroles.rbac.authorization.k8s.io',
    'roles.rbac.authorization.k8s.io',
    'serviceaccounts',
  ],
  [
    'clusterrolebindings.rbac.authorization.k8s.io',
    'rolebindings.rbac.authorization.k8s.io',
    'secrets',
    'configmaps',
  ],
  ['pods'],
  // By itself, so that pods that name the class and were refused are made before LimitRanges.
  ['default priorityclasses.scheduling.k8s.io'],
  ['limitranges'],
  ['replicasets.apps', 'clusterclasses.cluster.x-k8s.io'],
  ['endpoints', 'services'],
];

const late: string[][] = [
  [
    'clusterbootstraps.run.tanzu.vmware.com',
    'clusters.cluster.x-k8s.io',
    'clusterresourcesets.addons.cluster.x-k8s.io',
    'apps.kappctrl.k14s.io',
    'packageinstalls.packaging.carvel.dev',
  ],
  [
    'poddisruptionbudgets.policy',
    'horizontalpodautoscalers.autoscaling',
    'default ingressclasses.networking.k8s.io',
  ],
  ['resourcequotas'],
  [
    'validatingadmissionpolicies.admissionregistration.k8s.io',
    'mutatingadmissionpolicies.admissionregistration.k8s.io',
    'validatingwebhookconfigurations.admissionregistration.k8s.io',
    'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  ],
  [
    'validatingadmissionpolicybindings.admissionregistration.k8s.io',
    'mutatingadmissionpolicybindings.admissionregistration.k8s.io',
    'apiservices.apiregistration.k8s.io',
  ],
];

/**
 * The resources that are there, in groups, in the order in which they are restored; those not listed above in the middle.
 * Defaults of the cluster have a name of their own, see `defaultsName`.
 */
export function restoreOrder(present: Iterable<string>): string[][] {
  const left = new Set<string>();
  for (const resource of present) {
    left.add(resource);
    const defaults = defaultsName(resource);
    if (defaults !== undefined) left.add(defaults);
  }
  const take = (groups: string[][]) =>
    groups
      .map((group) => group.filter((resource) => left.delete(resource)))
      .filter((group) => group.length > 0);
  const first = take(early);
  const last = take(late);
  const middle = left.size > 0 ? [[...left].sort()] : [];
  return [...first, ...middle, ...last];
}
