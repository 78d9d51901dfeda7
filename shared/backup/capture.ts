import { type ApiResource, apiVersion, type Discovery, groupResource } from '../cluster/api-resource';
import { BodyBuffers } from '../cluster/body-buffers';
import type { KubeObject } from '../cluster/kube-object';
import type { Cluster } from '../cluster/port';
import type { Log } from '../log/log';
import { matchesSelector } from '../manifests/label-match';
import type { BackupSpec, BackupVolumeInfo, LabelSelector, ResourceList } from '../manifests/velero';
import type { ReportProgress } from '../state/progress-port';
import type { ArchivableItem } from '../vault/archive-types';
import { ResourceListBuilder } from '../vault/resource-list';
import { ClaimAccount } from './claims';
import { storedClaim } from './claim-edits';
import { type ItemMetadata, metadataReader } from './item-metadata';
import { listedResources, listingsOf } from './listings';
import { OmissionCount } from './omission-count';
import { reportPodHooks } from './pod-hooks';
import { prefetchInOrder } from './prefetch';
import { pullRelated } from './pull-related';
import { type ListingPage, readListing } from './read-listing';
import { keyOf, PULLED, RelatedItems } from './related-items';
import { orderedItems } from './ordered-items';
import { itemOmission, type Omission } from './select-items';
import { type KnownNamespace, NamespaceChoice, NamespaceFilter } from './select-namespaces';
import { type ResourceFilter, resourceFilter } from './select-resources';

/** Lists read at once. */
const PARALLEL_LISTS = 4;
/** Bytes of pages that may wait for their turn. */
const PAGE_BUDGET = 2 << 20;

/** What a pod must have for a hook, a volume or a related object to be asked for. */
const POD_ASKS = [
  'backup.velero.io/',
  '"persistentVolumeClaim":',
  '"ephemeral":',
  '"priorityClassName":',
].map((text) => Buffer.from(text));

export interface CaptureJob {
  cluster: Cluster;
  /** Of the backup. */
  name: string;
  spec: BackupSpec;
  discovery: Discovery;
  namespaces: readonly KnownNamespace[];
  log: Log;
  progress: ReportProgress;
  signal: AbortSignal;
}

/**
 * Reads a cluster once and gives the selected objects in the order of the lists, then what they pull in. Memory is bounded:
 * a few pages, and the names of what is stored and related.
 * Whatever could not be captured is an error in the log (and so in the results): nothing is left out in silence.
 */
export class Capture {
  readonly #job: CaptureJob;
  readonly #namespaces: NamespaceFilter;
  readonly #resources: ResourceFilter;
  readonly #omission: Omission;
  readonly #choice: NamespaceChoice;
  readonly #selectors: readonly LabelSelector[];
  readonly #related = new RelatedItems();
  readonly #claims: ClaimAccount;
  readonly #names = new ResourceListBuilder();
  readonly #omitted: OmissionCount;
  /** Objects stored, by group-resource; each once, in however many versions. */
  readonly counts: Record<string, number> = {};
  /** Version in which each kind was stored: `apps/v1/Deployment` → `v1`. */
  readonly apiVersions: Record<string, string> = {};
  readonly #readers = new Map<ApiResource, (body: Buffer) => ItemMetadata>();
  #stored = 0;

  constructor(job: CaptureJob) {
    const { spec, discovery, namespaces, log } = job;
    this.#job = job;
    this.#namespaces = new NamespaceFilter(spec, namespaces);
    this.#resources = resourceFilter(spec, discovery, this.#namespaces);
    this.#omission = itemOmission(this.#resources, this.#namespaces);
    this.#selectors = spec.orLabelSelectors?.length
      ? spec.orLabelSelectors
      : spec.labelSelector
        ? [spec.labelSelector]
        : [];
    this.#choice = new NamespaceChoice(namespaces, this.#namespaces, this.#selectors);
    this.#claims = new ClaimAccount(spec);
    this.#omitted = new OmissionCount(log);
  }

  /** The bytes of an item are good until the next is asked for. */
  async *items(): AsyncGenerator<ArchivableItem, void> {
    const { discovery, cluster, log, signal } = this.#job;
    this.#sayWhatIsMissing();
    const resources = listedResources(discovery, this.#resources, (resource, reason) =>
      log.info(`Skipping resource: ${reason}`, { resource: groupResource(resource) }),
    );
    const listings = listingsOf(resources, this.#namespaces, this.#selectors);
    const fallback = this.#job.namespaces
      .map(({ meta }) => meta.name)
      .filter((name) => this.#namespaces.takes(name));
    const buffers = new BodyBuffers();
    const pages = prefetchInOrder<ListingPage>(
      listings.map((listing) => () => readListing(cluster, listing, fallback, signal, buffers)),
      { parallel: PARALLEL_LISTS, budget: PAGE_BUDGET, weigh: ({ bytes }) => bytes },
    );
    yield* this.#listed(pages);

    for await (const { resource, body } of pullRelated(this.#related, {
      cluster,
      discovery,
      resources: this.#resources,
      listed: new Set(resources),
      selective: this.#selectors.length > 0,
      log,
      signal,
    })) {
      yield* this.#store(resource, body);
    }
    const namespaces = resources.find((resource) => groupResource(resource) === 'namespaces');
    if (namespaces) yield* this.#namespaceObjects(namespaces);
    this.#omitted.settle();
    this.#report();
  }

  /** Objects stored so far, each as often as there are versions of it. */
  get stored(): number {
    return this.#stored;
  }

  /** Content of `-resource-list.json.gz`; after the last item. */
  resourceList(): ResourceList {
    return this.#names.build();
  }

  /** Content of `-volumeinfo.json.gz`, each claim without data named in the log; once, after the last item. */
  volumeInfo(): BackupVolumeInfo[] {
    return this.#claims.settle(this.#job.log);
  }

  #sayWhatIsMissing(): void {
    const { discovery, log } = this.#job;
    for (const remark of this.#resources.remarks) log.warn(remark);
    for (const name of this.#namespaces.missing) {
      log.error(`namespace ${name} is named in includedNamespaces and does not exist`);
    }
    for (const { group, version, reason } of discovery.stale) {
      const message = `API group ${group}/${version} did not answer, so nothing of it is in the backup: ${reason}`;
      if (/(^|\.)metrics\.k8s\.io$/.test(group)) log.warn(message);
      else log.error(message);
    }
  }

  async *#listed(pages: AsyncIterable<ListingPage>): AsyncGenerator<ArchivableItem, void> {
    let resource: ApiResource | undefined;
    let seen: Set<string> = new Set();
    for await (const page of pages) {
      this.#job.signal.throwIfAborted();
      if (page.listing.resource !== resource) {
        resource = page.listing.resource;
        seen = new Set();
        yield* this.#ordered(resource, seen);
      }
      this.#sayOfPage(page);
      // What was archived cannot be taken back; what comes again is passed over.
      if (page.restarted) seen = this.#storedOf(resource);
      const repeats = page.restarted || seen.size > 0 || this.#selectors.length > 1;
      for (const body of page.items) yield* this.#store(resource, body, repeats ? seen : undefined);
      page.release();
      this.#report();
    }
  }

  /** What `orderedResources` puts first, if the lists would bring it. */
  async *#ordered(resource: ApiResource, seen: Set<string>): AsyncGenerator<ArchivableItem, void> {
    const { cluster, spec, log, signal } = this.#job;
    const order = spec.orderedResources?.[resource.resource];
    if (!order) return;
    for await (const body of orderedItems(cluster, resource, order, log, signal)) {
      const { metadata } = JSON.parse(body.toString('utf8')) as KubeObject;
      const selected =
        this.#selectors.length === 0 || this.#selectors.some((one) => matchesSelector(one, metadata.labels));
      if (selected) yield* this.#store(resource, body, seen);
    }
  }

  #sayOfPage({ listing, miss, remark }: ListingPage): void {
    const fields = { resource: groupResource(listing.resource), namespace: listing.namespace };
    if (miss !== undefined) this.#job.log.error(`listing failed, so objects are missing: ${miss}`, fields);
    if (remark !== undefined) this.#job.log.warn(remark, fields);
  }

  #metadataOf(resource: ApiResource): (body: Buffer) => ItemMetadata {
    const reader = this.#readers.get(resource) ?? metadataReader(resource);
    this.#readers.set(resource, reader);
    return reader;
  }

  /** Names of the stored objects of a resource, as `keyOf` writes them. */
  #storedOf(resource: ApiResource): Set<string> {
    return new Set(this.#names.build()[`${apiVersion(resource)}/${resource.kind}`] ?? []);
  }

  /** @param seen objects of this resource that came before, where a list can bring one twice */
  *#store(resource: ApiResource, body: Buffer, seen?: Set<string>): Generator<ArchivableItem, void> {
    const kind = groupResource(resource);
    let meta: ItemMetadata;
    try {
      meta = this.#metadataOf(resource)(body);
    } catch {
      this.#job.log.error('the API server gave an object that is not understood; it is not in the backup', {
        resource: kind,
      });
      return;
    }
    const { namespace, name } = meta;
    if (namespace) this.#choice.holds(namespace);
    if (seen?.has(keyOf(namespace, name))) return;
    seen?.add(keyOf(namespace, name));
    const reason = this.#omission(resource, meta);
    if (reason !== undefined) {
      this.#omitted.note(reason, { resource: kind, namespace, name });
      return;
    }
    const bytes = this.#examine(resource, kind, meta, body);
    this.#stored++;
    if (resource.preferred) this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    const version = apiVersion(resource);
    this.apiVersions[`${version}/${resource.kind}`] ??= resource.version;
    this.#names.add({ apiVersion: version, kind: resource.kind, namespace, name });
    const { version: stored, preferred } = resource;
    yield { groupResource: kind, namespace, name, version: stored, preferred, body: bytes };
  }

  /** Looks at what a stored object asks for and needs; gives the bytes to store. */
  #examine(resource: ApiResource, kind: string, { namespace, name }: ItemMetadata, body: Buffer): Buffer {
    const looksInside =
      kind === PULLED.claims || kind === PULLED.volumes || (kind === PULLED.pods && this.#podAsks(body));
    const object = looksInside ? (JSON.parse(body.toString('utf8')) as KubeObject) : undefined;
    this.#related.stored(resource, namespace, name, object);
    if (!object) return body;
    if (kind === PULLED.pods) {
      reportPodHooks(object, this.#job.log);
      this.#claims.pod(object);
    } else if (kind === PULLED.volumes) this.#claims.volume(object);
    else {
      this.#claims.claim(object);
      return storedClaim(object, body, this.#job.name);
    }
    return body;
  }

  /** Whether anything in a pod concerns the backup; most have nothing, and parsing them all takes longer than the rest. */
  #podAsks(body: Buffer): boolean {
    return this.#job.spec.defaultVolumesToFsBackup === true || POD_ASKS.some((text) => body.includes(text));
  }

  async *#namespaceObjects(resource: ApiResource): AsyncGenerator<ArchivableItem, void> {
    const { cluster, signal } = this.#job;
    for await (const page of readListing(cluster, { resource }, [], signal)) {
      this.#sayOfPage(page);
      for (const body of page.items) {
        const { name } = this.#metadataOf(resource)(body);
        const reason = this.#choice.notStored(name);
        if (reason === undefined) yield* this.#store(resource, body);
        else this.#omitted.note(reason, { resource: 'namespaces', name });
      }
    }
  }

  #report(): void {
    this.#job.progress({ phase: 'InProgress', done: this.#stored });
  }
}
