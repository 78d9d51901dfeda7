import type { FixtureBackup, FixtureItem, FixtureObject, FixtureVolume } from './fixture-backup';

/**
 * What must become of an archived object: it comes back, it is left out with a word of this reason in the report, or it is
 * no part of a restore that names no namespaces.
 */
export type Fate =
  | { outcome: 'back' }
  | { outcome: 'skipped' | 'failed'; reason: RegExp }
  | { outcome: 'not asked for' };

/** Which Kubernetes the backup is restored into: what it no longer serves cannot come back. */
export interface Target {
  serves(groupResource: string): boolean;
}

type Rule = [reason: RegExp, applies: (item: FixtureItem, backup: FixtureBackup, target: Target) => boolean];

const resource =
  (...names: string[]) =>
  ({ groupResource }: FixtureItem) =>
    names.includes(groupResource);
const group =
  (pattern: RegExp) =>
  ({ groupResource }: FixtureItem) =>
    pattern.test(groupResource.split('.').slice(1).join('.'));
const label = (object: FixtureObject, name: string) => object.metadata.labels?.[name];
const annotation = (object: FixtureObject, name: string) => object.metadata.annotations?.[name];

/** What Velero leaves out of every restore. */
const asVelero: Rule[] = [
  [/nodes register themselves/, resource('nodes', 'csinodes.storage.k8s.io')],
  [/events belong/, resource('events', 'events.events.k8s.io')],
  [/attached anew/, resource('volumeattachments.storage.k8s.io')],
  [/pod has ended/, (item) => isPod(item) && ['Succeeded', 'Failed'].includes(item.object.status?.phase)],
  [
    /mirrors a static pod/,
    (item) => isPod(item) && annotation(item.object, 'kubernetes.io/config.mirror') !== undefined,
  ],
  [
    /Job has ended/,
    (item) => resource('jobs.batch')(item) && item.object.status?.completionTime !== undefined,
  ],
  [
    /registers its own APIs/,
    (item) => label(item.object, 'kube-aggregator.kubernetes.io/automanaged') !== undefined,
  ],
  [/tokens of service accounts/, (item) => resource('secrets')(item) && isAutomaticToken(item.object)],
  [/as a file-system backup \(kopia\)/, isVolumeWith('PodVolumeBackup')],
  [/as a CSI snapshot/, isVolumeWith('CSISnapshot')],
  [
    /reclaim policy is Delete/,
    (item, backup) =>
      isVolumeWith(undefined)(item, backup) && item.object.spec.persistentVolumeReclaimPolicy === 'Delete',
  ],
];

/** What Velero would restore and a restore of ours leaves to the cluster: docs/velero.md says why. */
const onPurpose: Rule[] = [
  [/Velero's own bookkeeping/, group(/^velero\.io$/)],
  [/held anew/, resource('leases.coordination.k8s.io')],
  [/allocated anew/, resource('ipaddresses.networking.k8s.io')],
  [/own ServiceCIDR/, (item) => item.key === 'servicecidrs.networking.k8s.io kubernetes'],
  [/controller of the cluster publishes/, resource('clustertrustbundles.certificates.k8s.io')],
  [
    /keeps it up to date/,
    ({ groupResource, object }) =>
      annotation(object, 'apf.kubernetes.io/autoupdate-spec') === 'true' ||
      isOwnFlowControl(groupResource, object),
  ],
  [/default roles and bindings/, ({ object }) => label(object, 'kubernetes.io/bootstrapping') !== undefined],
  [/own CA certificate/, ({ key }) => /^configmaps .*\/kube-root-ca\.crt$/.test(key)],
  [
    /own Service and endpoints/,
    ({ key }) => /^(services|endpoints|endpointslices\S*) default\/kubernetes$/.test(key),
  ],
  [
    /Service has a selector|controller keeps it/,
    (item, { items }) =>
      item.groupResource === 'endpoints' &&
      items.get(item.key.replace('endpoints ', 'services '))?.object.spec.selector !== undefined,
  ],
  [/controller keeps it/, (item) => /^endpointslices/.test(item.groupResource) && !isByHand(item.object)],
  [
    /the backup made it/,
    resource('volumesnapshots.snapshot.storage.k8s.io', 'volumesnapshotcontents.snapshot.storage.k8s.io'),
  ],
  [
    /makes it again/,
    (item, { items }) =>
      resource('pods', 'replicasets.apps', 'jobs.batch', 'controllerrevisions.apps')(item) &&
      controllerOf(item.object, items) !== undefined,
  ],
  [/deletes a token without one/, isTokenWithoutAccount],
  [/same object is restored as ingresses\.networking\.k8s\.io/, resource('ingresses.extensions')],
];

/** Velero restores these namespaces' objects too; a restore of ours only when it names them. */
const clusterNamespace = /^(namespaces |\S+ )kube-(system|public|node-lease)(\/|$)/;

/** The fate of one object, by Velero's rules (pkg/restore) and the list of what we do otherwise. */
export function expectedFate(item: FixtureItem, backup: FixtureBackup, target: Target): Fate {
  if (item.object.metadata.namespace !== undefined || item.groupResource === 'namespaces')
    if (clusterNamespace.test(item.key)) return { outcome: 'not asked for' };
  const rule = [...asVelero, ...onPurpose].find(([, applies]) => applies(item, backup, target));
  if (rule) return { outcome: 'skipped', reason: rule[0] };
  if (!target.serves(item.groupResource))
    return item.groupResource === 'podsecuritypolicies.policy'
      ? { outcome: 'skipped', reason: /pod-security\.kubernetes\.io\/enforce/ }
      : { outcome: 'failed', reason: /does not serve/ };
  return { outcome: 'back' };
}

/** API servers up to 1.20 keep theirs up to date without saying so in an annotation: their manager's name says it. */
function isOwnFlowControl(groupResource: string, { metadata }: FixtureObject): boolean {
  const managers = (metadata.managedFields ?? []) as { manager: string }[];
  return (
    groupResource.endsWith('.flowcontrol.apiserver.k8s.io') &&
    managers.some(({ manager }) => manager === 'api-priority-and-fairness-config-producer-v1')
  );
}

function isPod(item: FixtureItem): boolean {
  return item.groupResource === 'pods';
}

/** A PersistentVolume whose data is in the backup by this method; skipped or unknown to Velero for undefined. */
function isVolumeWith(method: FixtureVolume['backupMethod']) {
  return ({ groupResource, object }: FixtureItem, { volumes }: FixtureBackup) =>
    groupResource === 'persistentvolumes' &&
    volumes.find(({ pvName }) => pvName === object.metadata.name)?.backupMethod === method;
}

/** Kubernetes' token controller deletes a token Secret whose account there is not. */
function isTokenWithoutAccount(
  { object: { type, metadata } }: FixtureItem,
  { items }: FixtureBackup,
): boolean {
  const account = metadata.annotations?.['kubernetes.io/service-account.name'];
  const isToken = type === 'kubernetes.io/service-account-token';
  return isToken && !items.has(`serviceaccounts ${metadata.namespace}/${account}`);
}

function isAutomaticToken(secret: FixtureObject): boolean {
  const account = annotation(secret, 'kubernetes.io/service-account.name');
  return (
    secret.type === 'kubernetes.io/service-account-token' &&
    secret.metadata.name.startsWith(`${account}-token-`)
  );
}

/** Someone wrote these Slices; the others have a label with the controller's name. */
function isByHand(slice: FixtureObject): boolean {
  return !String(label(slice, 'endpointslice.kubernetes.io/managed-by') ?? '').endsWith('controller.k8s.io');
}

function controllerOf(
  object: FixtureObject,
  items: ReadonlyMap<string, FixtureItem>,
): FixtureItem | undefined {
  const owner = object.metadata.ownerReferences?.find(({ controller }) => controller);
  return [...items.values()].find((item) => item.object.metadata.uid === owner?.uid);
}
