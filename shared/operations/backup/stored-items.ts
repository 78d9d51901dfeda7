import { type ApiResource, apiVersion, groupResource } from '../../platform/kubernetes/api-resource';
import type { KubeObject } from '../../platform/kubernetes/kube-object';
import type { ListedItem } from '../../platform/kubernetes/listed-item';
import { editJson, type JsonEdit } from '../../platform/kubernetes/spans';
import type { Log } from '../../platform/log/log';
import type { BackupSpec, BackupVolumeInfo } from '../../formats/manifests/velero';
import type { ArchivableBatch, ArchivableItem } from '../../formats/vault/archive-types';
import { shownName, Storable } from '../../formats/vault/archive/storable';
import { ResourceListBuilder } from '../../formats/vault/side-files/resource-list';
import type { VolumeOutcome } from '../volumes/plan/planned-volume';
import { storedClaim } from './claim-edits';
import { ClaimAccount } from './claims';
import { OmissionCount } from './omission-count';
import { pulled, RelatedItems } from './related-items';
import { ItemOmission } from './select-items';
import type { NamespaceChoice, NamespaceFilter } from './select-namespaces';
import type { ResourceFilter } from './select-resources';

/** What a pod must have for a hook, a volume or a related object to be asked for. Searched for by its first byte: no quote. */
const podAsks = ['backup.velero.io/', 'persistentVolumeClaim":', 'ephemeral":', 'priorityClassName":'].map(
  (text) => Buffer.from(text),
);

export interface StoredItemsOptions {
  /** Of the backup. */
  name: string;
  spec: BackupSpec;
  resources: ResourceFilter;
  namespaces: NamespaceFilter;
  choice: NamespaceChoice;
  log: Log;
  /** What became of the volumes of the plan; absent where volumes were not planned. */
  volumes?: readonly VolumeOutcome[];
  /** What the bytes of a claim are to say of the snapshot of its data. */
  claimEdits?(claim: KubeObject): JsonEdit[];
}

/** Chooses the objects to store among those that come, and keeps account of them: by name only, so that memory is bounded. */
export class StoredItems {
  readonly #options: StoredItemsOptions;
  readonly #claims: ClaimAccount;
  readonly #names = new ResourceListBuilder();
  readonly #omitted: OmissionCount;
  /** What the stored objects need. */
  readonly related = new RelatedItems();
  /** Objects stored, by group-resource; each once, in however many versions. */
  readonly counts = Object.create(null) as Record<string, number>;
  /** Version in which each kind was stored: `apps/v1/Deployment` → `v1`. */
  readonly apiVersions: Record<string, string> = {};
  /** Objects stored so far, each as often as there are versions of it. */
  total = 0;

  constructor(options: StoredItemsOptions) {
    this.#options = options;
    this.#claims = new ClaimAccount(options.spec, options.volumes);
    this.#omitted = new OmissionCount(options.log);
  }

  /**
   * Those of the objects of a resource that are to be stored, each once. The loop does all that is done for each object, without
   * an asynchronous step between two, for it decides how long a backup takes; what can be known before is. An object that the
   * archive cannot hold is an error in the log.
   */
  choose(resource: ApiResource, items: Iterable<ListedItem>): ArchivableBatch {
    const { resources, namespaces, choice } = this.#options;
    const { version, preferred, namespaced, kind } = resource;
    const place = { groupResource: groupResource(resource), version, preferred };
    const names = this.#names.of(apiVersion(resource), kind);
    const omission = new ItemOmission(resource, resources, namespaces);
    const storable = new Storable({ ...place, apiVersion: apiVersion(resource), kind, namespaced });
    const tracked = RelatedItems.tracks(place.groupResource);
    const chosen: ArchivableItem[] = [];
    for (const item of items) {
      if (!hasName(item)) {
        this.#options.log.error(
          'the API server gave an object that is not understood; it is not in the backup',
          { resource: place.groupResource },
        );
        continue;
      }
      const { name, namespace } = item;
      if (namespace) choice.holds(namespace);
      // What was archived cannot be taken back; what comes again is passed over.
      if (names.has(namespace, name)) continue;
      const reason = omission.of(item);
      if (reason !== undefined) {
        this.leaveOut(reason, place.groupResource, namespace, name);
        continue;
      }
      const problem = storable.problemOf(item);
      const edited = problem === undefined && tracked ? this.#examine(place.groupResource, name, item) : {};
      const miss = problem ?? edited.problem;
      if (miss !== undefined) {
        this.#miss(miss, place.groupResource, namespace, name);
        continue;
      }
      names.add(namespace, name);
      // An item makes the view of its bytes when it is archived; until then a page of them is small.
      chosen.push(edited.body ? { namespace, name, body: edited.body } : item);
    }
    if (chosen.length > 0) this.#account(resource, place.groupResource, chosen.length);
    return { ...place, items: chosen };
  }

  /** What the backup itself made in the cluster, for the archive: no filter is about it. */
  add(resource: ApiResource, objects: readonly KubeObject[]): ArchivableBatch {
    const { version, preferred, kind } = resource;
    const name = groupResource(resource);
    const names = this.#names.of(apiVersion(resource), kind);
    const items = objects.map((object): ArchivableItem => {
      const { namespace, name } = object.metadata;
      names.add(namespace, name);
      return { namespace, name, body: Buffer.from(JSON.stringify(object)) };
    });
    if (items.length > 0) this.#account(resource, name, items.length);
    return { groupResource: name, version, preferred, items };
  }

  /** Names an object that is not in the backup. Its name may be anything. */
  #miss(problem: string, resource: string, namespace: string | undefined, name: string): void {
    this.#options.log.error(`the object cannot be stored, so it is not in the backup: ${problem}`, {
      resource,
      namespace: namespace === undefined ? '' : shownName(namespace),
      name: shownName(name),
    });
  }

  #account(resource: ApiResource, kind: string, stored: number): void {
    this.total += stored;
    if (resource.preferred) this.counts[kind] = (this.counts[kind] ?? 0) + stored;
    this.apiVersions[`${apiVersion(resource)}/${resource.kind}`] ??= resource.version;
    if (resource.group !== '') this.related.groupResources.add(kind);
  }

  leaveOut(reason: string, resource: string, namespace: string | undefined, name: string): void {
    this.#omitted.note(reason, { resource, namespace, name });
  }

  /** Says how many were left out; after the last object. */
  settleOmitted(): void {
    this.#omitted.settle();
  }

  /** Of `-resource-list.json.gz`. */
  get resourceList(): ResourceListBuilder {
    return this.#names;
  }

  /** Content of `-volumeinfo.json.gz`, each claim without data named in the log; once, after the last object. */
  volumeInfo(): BackupVolumeInfo[] {
    return this.#claims.settle(this.#options.log);
  }

  /** Looks at what a stored object asks for and needs; gives the bytes to store where they are others. */
  #examine(kind: string, name: string, item: ListedItem): { body?: Buffer; problem?: string } {
    const looksInside =
      kind === pulled.claims || kind === pulled.volumes || (kind === pulled.pods && this.#podAsks(item.body));
    const json = looksInside ? item.json : undefined;
    const object = json && (JSON.parse(json.toString('utf8')) as KubeObject);
    try {
      this.related.stored(kind, item.namespace, name, object);
      return object ? this.#accountFor(kind, object, json) : {};
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return { problem: 'it is not shaped as its kind is' };
    }
  }

  #accountFor(kind: string, object: KubeObject, json: Buffer): { body?: Buffer } {
    if (kind === pulled.pods) {
      this.#claims.pod(object);
    } else if (kind === pulled.volumes) this.#claims.volume(object);
    else {
      this.#claims.claim(object);
      const edits = this.#options.claimEdits?.(object) ?? [];
      return { body: editJson(storedClaim(object, json, this.#options.name), edits) };
    }
    return {};
  }

  /** Whether anything in a pod concerns the backup; most have nothing, and parsing them all takes longer than the rest. */
  #podAsks(json: Buffer): boolean {
    return (
      this.#options.spec.defaultVolumesToFsBackup === true || podAsks.some((text) => json.includes(text))
    );
  }
}

function hasName(item: ListedItem): item is ListedItem & { readonly name: string } {
  return item.name !== undefined;
}
