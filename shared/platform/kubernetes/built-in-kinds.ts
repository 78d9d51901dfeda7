/** What a restore does with the objects of a kind that is built into Kubernetes. */
export interface BuiltInKind {
  /** `partly`: rules look at each object (restore/decide/kind-rules.ts). */
  restored: 'always' | 'never' | 'partly';
  /** Of `never` as the report gives it; else who makes the objects. */
  reason: string;
}

const always = (reason: string): BuiltInKind => ({ restored: 'always', reason });
const never = (reason: string): BuiltInKind => ({ restored: 'never', reason });
const partly = (reason: string): BuiltInKind => ({ restored: 'partly', reason });

const people = always('people and their tools make them');
const request = never('it is a request, not an object');
const policy = always('administrators make them');

/** One row for each resource that an API server has served itself, from 1.20 to 1.37, alpha APIs too. */
const kinds: Record<string, BuiltInKind> = {
  // Core
  bindings: request,
  componentstatuses: never('the control plane reports itself'),
  configmaps: partly('people make them, and a controller publishes kube-root-ca.crt in each namespace'),
  endpoints: partly('people make those of Services without a selector, a controller all others'),
  events: never('events belong to the cluster that they happened in'),
  limitranges: policy,
  namespaces: people,
  nodes: never('nodes register themselves'),
  persistentvolumeclaims: partly('people make them, and a controller those of ephemeral volumes'),
  persistentvolumes: partly('their reclaim policy and their claims decide'),
  pods: partly('people make some, controllers most, and kubelets mirror static ones'),
  podtemplates: people,
  replicationcontrollers: people,
  resourcequotas: policy,
  secrets: partly('people make them, and a controller the automatic tokens of service accounts'),
  serviceaccounts: people,
  services: partly('people make them, and the API server its own, default/kubernetes'),

  // Admission
  'mutatingadmissionpolicies.admissionregistration.k8s.io': policy,
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io': policy,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': policy,
  'validatingadmissionpolicies.admissionregistration.k8s.io': policy,
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': policy,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': policy,

  // Definitions and the API server itself
  'customresourcedefinitions.apiextensions.k8s.io': people,
  'apiservices.apiregistration.k8s.io': partly('people register theirs, the API server its own'),
  'storageversions.internal.apiserver.k8s.io': never('API servers publish what they store'),
  'storageversionmigrations.storagemigration.k8s.io': never(
    'it asked to rewrite what the cluster that it was made in stores',
  ),
  'flowschemas.flowcontrol.apiserver.k8s.io': partly('administrators make some, the API server its own'),
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': partly(
    'administrators make some, the API server its own',
  ),

  // Workloads
  'controllerrevisions.apps': partly('controllers make them of their templates'),
  'daemonsets.apps': people,
  'deployments.apps': people,
  'replicasets.apps': partly('Deployments make them, and rarely people'),
  'statefulsets.apps': people,
  'cronjobs.batch': people,
  'jobs.batch': partly('people and CronJobs make them; a finished one is not run again'),
  'horizontalpodautoscalers.autoscaling': people,
  'poddisruptionbudgets.policy': people,
  'daemonsets.extensions': people,
  'deployments.extensions': people,
  'replicasets.extensions': partly('Deployments make them, and rarely people'),

  // Who may do what
  'selfsubjectreviews.authentication.k8s.io': request,
  'tokenreviews.authentication.k8s.io': request,
  'localsubjectaccessreviews.authorization.k8s.io': request,
  'selfsubjectaccessreviews.authorization.k8s.io': request,
  'selfsubjectrulesreviews.authorization.k8s.io': request,
  'subjectaccessreviews.authorization.k8s.io': request,
  'clusterrolebindings.rbac.authorization.k8s.io': partly('people make some, the API server its defaults'),
  'clusterroles.rbac.authorization.k8s.io': partly('people make some, the API server its defaults'),
  'rolebindings.rbac.authorization.k8s.io': partly('people make some, the API server its defaults'),
  'roles.rbac.authorization.k8s.io': partly('people make some, the API server its defaults'),
  'podsecuritypolicies.policy': policy,
  'podsecuritypolicies.extensions': policy,
  'podpresets.settings.k8s.io': policy,
  'auditsinks.auditregistration.k8s.io': policy,

  // Certificates
  'certificatesigningrequests.certificates.k8s.io': never(
    'certificate requests belong to the cluster that they were made in',
  ),
  'clustertrustbundles.certificates.k8s.io': partly('people make some, controllers those of kubernetes.io'),
  'podcertificaterequests.certificates.k8s.io': never('kubelets request certificates for running pods'),

  // Locks and events
  'leasecandidates.coordination.k8s.io': never('candidates for a lease announce themselves'),
  'leases.coordination.k8s.io': never('leases are held anew'),
  'events.events.k8s.io': never('events belong to the cluster that they happened in'),

  // Network
  'endpointslices.discovery.k8s.io': partly('people make some, controllers those of Services'),
  'clustercidrs.networking.k8s.io': never('it divides the addresses of the nodes of its cluster'),
  'ingressclasses.networking.k8s.io': policy,
  'ingresses.extensions': people,
  'ingresses.networking.k8s.io': people,
  'ipaddresses.networking.k8s.io': never('addresses are allocated anew with their Service'),
  'networkpolicies.extensions': people,
  'networkpolicies.networking.k8s.io': people,
  'servicecidrs.networking.k8s.io': partly('administrators make some, the API server its own'),

  'evictionrequests.lifecycle.k8s.io': never('it asked to evict a pod of its cluster'),
  'evictions.lifecycle.k8s.io': never('it asked to evict a pod of its cluster'),

  // Nodes, devices and scheduling
  'runtimeclasses.node.k8s.io': policy,
  'deviceclasses.resource.k8s.io': policy,
  'devicetaintrules.resource.k8s.io': policy,
  'podschedulingcontexts.resource.k8s.io': never('the scheduler and drivers talk by it about one pod'),
  'podschedulings.resource.k8s.io': never('the scheduler and drivers talk by it about one pod'),
  'resourceclaimparameters.resource.k8s.io': people,
  'resourceclaims.resource.k8s.io': partly('people make some, a controller those of pods with a template'),
  'resourceclaimtemplates.resource.k8s.io': people,
  'resourceclasses.resource.k8s.io': policy,
  'resourceclassparameters.resource.k8s.io': policy,
  'resourcepoolstatusrequests.resource.k8s.io': never('it asked for the state of the devices of its cluster'),
  'resourceslices.resource.k8s.io': never('drivers publish the devices of their nodes'),
  'priorityclasses.scheduling.k8s.io': policy,
  'compositepodgroups.scheduling.k8s.io': partly('people make some, controllers those of workloads'),
  'podgroups.scheduling.k8s.io': partly('people make some, controllers those of workloads'),
  'workloads.scheduling.k8s.io': partly('people make some, controllers those of Jobs'),

  // Storage
  'csidrivers.storage.k8s.io': policy,
  'csinodes.storage.k8s.io': never('nodes register themselves'),
  'csistoragecapacities.storage.k8s.io': never('drivers publish the capacity that they have left'),
  'storageclasses.storage.k8s.io': policy,
  'volumeattachments.storage.k8s.io': never('volumes are attached anew'),
  'volumeattributesclasses.storage.k8s.io': policy,
};

/** Every built-in group-resource and its row. */
export const builtInKinds: ReadonlyMap<string, BuiltInKind> = new Map(Object.entries(kinds));

const ownGroups = new Set(
  [...builtInKinds.keys()].map((name) => (name.includes('.') ? name.slice(name.indexOf('.') + 1) : '')),
);

/**
 * Whether the objects of a group-resource belong to the cluster and its administrators, also where they lie in a namespace:
 * Kubernetes' own role `admin` does not grant them. A namespace is whole without them.
 */
export function belongsToAdministrators(groupResource: string): boolean {
  return groupResource === 'podtemplates' || neverRestored(groupResource) !== undefined;
}

/**
 * Whether the API server serves a group itself: others belong to definitions and to aggregated API servers. More groups than those
 * whose kinds clients know (`restore/convert/built-in-groups.ts`).
 */
export function isServersOwnGroup(group: string): boolean {
  return ownGroups.has(group);
}

/** Why no object of a group-resource is ever restored; undefined when some are. */
export function neverRestored(groupResource: string): string | undefined {
  const kind = builtInKinds.get(groupResource);
  if (kind?.restored === 'never') return kind.reason;
  if (/(^|\.)metrics\.k8s\.io$/.test(groupResource)) return 'metrics are measured, not stored';
  if (/(^|\.)velero\.io$/.test(groupResource)) return "it is Velero's own bookkeeping";
  return openShiftViews.find(([name]) => name.test(groupResource))?.[1];
}

/** What the API servers of OpenShift show of other objects, which are restored themselves. By reading; not run. */
const openShiftViews: [RegExp, string][] = [
  [/^projects\.project\.openshift\.io$/, 'it is a view of its namespace'],
  [/^image(stream)?tags\.image\.openshift\.io$/, 'it is a view of its image stream'],
  [
    /^(cluster)?role(binding)?s\.authorization\.openshift\.io$/,
    'it is a view of the object of rbac.authorization.k8s.io that has its name',
  ],
];
