import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { isMap } from '../../../platform/input/is-map';
import type { ArchivedItem, ItemRef } from '../../../formats/vault/archive-types';
import { PathSet } from '../../../formats/vault/untrusted/path-set';
import { placeOf } from '../convert/copy-place';
import { isServedTwice } from '../convert/moved';
import { type FinishedKinds, finishedKinds } from '../../../formats/manifests/finished-kinds';
import type { ArchiveSurroundings, Copy } from '../decide/surroundings';
import { managedByCluster } from '../decide/managed-by-cluster';
import type { Selection } from '../decide/selection';
import type { ArchiveCensus } from './archive-census';
import { ClusterNeeds } from './cluster-needs';
import { ControllerFacts } from './controller-facts';
import { OwnerKinds } from './owner-kinds';
import {
  type ClaimFact,
  claimFact,
  type SnapshotContent,
  snapshotContent,
  type VolumeFact,
  volumeFact,
} from '../decide/volume-facts';

const snapshotContents = 'volumesnapshotcontents.snapshot.storage.k8s.io';
const storageAlone = new Set(['persistentvolumeclaims', 'persistentvolumes', 'namespaces']);

/**
 * What the first reading of an archive leaves behind for the second: a few dozen bytes an object. Which objects own
 * others, which claims have which volume, which namespaces are needed.
 */
export class ArchiveFacts implements ArchiveSurroundings {
  /** Objects that are asked for, by group-resource. */
  readonly selected = new Map<string, number>();
  /** All objects by group-resource. */
  readonly present = new Map<string, number>();
  /** Source namespaces that something asked for lies in. */
  readonly neededNamespaces = new Set<string>();
  readonly volumes = new Map<string, VolumeFact>();
  readonly claims = new Map<string, ClaimFact>();
  /** Of the VolumeSnapshotContents that hold data of claims, by name. */
  readonly contents = new Map<string, SnapshotContent>();
  readonly selectingServices = new Set<string>();
  /** Volumes of claims that are asked for. */
  readonly claimedVolumes = new Set<string>();
  /** `namespace/name` of claims that pods asked for mount. */
  readonly mountedClaims = new Set<string>();
  /** By `placeOf`: where the same object is stored under several group-resources. */
  readonly copies = new Map<string, Copy[]>();
  readonly ownerKinds = new OwnerKinds();
  /** Cluster-scoped objects that are left out although what is asked for needs them. */
  readonly clusterNeeds = new ClusterNeeds();
  /** uids that some object names as its owner. */
  readonly owners = new Set<string>();
  /** After `close`: the owners that are asked for and that the cluster does not make itself. */
  readonly restoredOwners = new Set<string>();
  readonly controllers = new ControllerFacts();

  #firstCopies = new Map<string, Copy>();
  #kept = new PathSet();

  /**
   * @param census takes note of what the filters and mappings of the request match
   * @param savedContents names of the VolumeSnapshotContents that hold data of claims
   */
  constructor(
    private readonly selection: Selection,
    readonly finished: FinishedKinds = finishedKinds(),
    private readonly census?: ArchiveCensus,
    private readonly savedContents: ReadonlySet<string> = new Set(),
  ) {}

  /** Takes note of one object of the archive. */
  add(item: ArchivedItem, object: KubeObject): void {
    count(this.present, item.groupResource);
    for (const owner of object.metadata.ownerReferences ?? []) this.owners.add(owner.uid);
    this.ownerKinds.add(item, object);
    this.controllers.add(item, object);
    this.#noteKind(item, object);
    const outOfScope = this.selection.scopeLeftOut(item);
    this.census?.add(item, object, outOfScope === undefined);
    const leftOut = outOfScope ?? this.selection.labelsLeftOut(object.metadata.labels);
    if (leftOut !== undefined) {
      if (item.namespace === undefined) this.#noteLeftOut(item, object, leftOut);
      return;
    }
    count(this.selected, item.groupResource);
    this.#noteCopy(item, object);
    this.#noteRelated(item, object);
    if (managedByCluster(item, object, this)) return;
    if (item.namespace !== undefined) this.neededNamespaces.add(item.namespace);
    this.clusterNeeds.restores(item, object);
    if (object.metadata.uid) this.#kept.add(object.metadata.uid);
  }

  #noteLeftOut(item: ItemRef, object: KubeObject, reason: string): void {
    if (item.groupResource === 'namespaces' || managedByCluster(item, object, this)) return;
    this.clusterNeeds.leavesOut(item, object, reason);
  }

  /** Ends the first reading: forgets what nothing refers to. */
  close(): void {
    // Adding fails for what is in it.
    for (const uid of this.owners) if (!this.#kept.add(uid)) this.restoredOwners.add(uid);
    this.controllers.close(this.owners, this.restoredOwners);
    this.#firstCopies = new Map();
    this.#kept = new PathSet();
  }

  /** Whether more is asked for than claims, their volumes and namespaces: then pods come, by themselves or their owners. */
  get bringsPods(): boolean {
    for (const resource of this.selected.keys()) if (!storageAlone.has(resource)) return true;
    return false;
  }

  /** Objects to be handled, for progress. */
  get total(): number {
    let total = 0;
    for (const number of this.selected.values()) total += number;
    return total;
  }

  #noteCopy(item: ItemRef, object: KubeObject): void {
    const { groupResource } = item;
    if (!isServedTwice(groupResource)) return;
    const place = placeOf(item);
    const copy: Copy = { groupResource, apiVersion: object.apiVersion ?? '' };
    const first = this.#firstCopies.get(place);
    if (first === undefined) this.#firstCopies.set(place, copy);
    else if (first.groupResource !== groupResource) this.copies.set(place, [first, copy]);
  }

  #noteKind(item: ItemRef, object: KubeObject): void {
    const place = `${item.namespace}/${item.name}`;
    if (item.groupResource === 'persistentvolumes') this.volumes.set(item.name, volumeFact(object));
    if (item.groupResource === 'persistentvolumeclaims') this.claims.set(place, claimFact(object));
    if (item.groupResource === snapshotContents && this.savedContents.has(item.name)) {
      this.contents.set(item.name, snapshotContent(object));
    }
    if (item.groupResource === 'services' && isMap(object.spec?.selector)) this.selectingServices.add(place);
  }

  #noteRelated(item: ItemRef, object: KubeObject): void {
    if (item.groupResource === 'persistentvolumeclaims') {
      const { volumeName } = claimFact(object);
      if (volumeName) this.claimedVolumes.add(volumeName);
    }
    if (item.groupResource !== 'pods') return;
    const volumes = Array.isArray(object.spec?.volumes) ? object.spec.volumes : [];
    for (const volume of volumes) {
      const claim = volume?.persistentVolumeClaim?.claimName;
      if (typeof claim === 'string') this.mountedClaims.add(`${item.namespace}/${claim}`);
    }
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
