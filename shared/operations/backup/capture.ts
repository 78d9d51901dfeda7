import {
  type ApiResource,
  type Discovery,
  groupResource,
  staleName,
} from '../../platform/kubernetes/api-resource';
import { BodyBuffers } from '../../platform/kubernetes/body-buffers';
import type { Cluster } from '../../platform/kubernetes/port';
import type { Log } from '../../platform/log/log';
import { matchesSelector, selectorQuery } from '../../formats/manifests/selection/label-match';
import { belongsToAdministrators } from '../../platform/kubernetes/built-in-kinds';
import { scopedFilters, selectorsOf, unscopedFilters } from '../../formats/manifests/selection/spec-filters';
import type { BackupSpec, LabelSelector } from '../../formats/manifests/velero';
import type { ReportProgress } from '../../formats/state/run/progress-port';
import type { ArchivableBatch } from '../../formats/vault/archive-types';
import { shownName } from '../../formats/vault/archive/storable';
import type { ListingPage } from './listing-page';
import { ListAccount } from './list-account';
import { type Listing, listedResources, listingsOf } from './listings';
import { orderedItems } from './ordered-items';
import { OutOfReach } from './out-of-reach';
import { pullRelated } from './pull-related';
import { readListing } from './read-listing';
import { readTaken } from './read-taken';
import type { ReadingTime } from './reading-time';
import { readTogether } from './read-together';
import {
  type KnownNamespace,
  NamespaceChoice,
  NamespaceFilter,
  type NamespaceReach,
} from './select-namespaces';
import { type ResourceFilter, resourceFilter } from './select-resources';
import { StoredItems } from './stored-items';
import type { SavedData } from './volume-stage';

/** Lists read at once. */
const parallelLists = 4;

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
  /** How long lists may be read. Absent: no limit. */
  time?: ReadingTime;
  /** What was done for its data; absent where nothing could be. */
  data?: SavedData;
}

/**
 * Reads a cluster once and gives the selected objects, those of one resource in the order of its lists and those of several as
 * the lists come, then what they pull in. Memory is bounded: a few pages, and the names of what is stored and related.
 * Whatever could not be captured is an error in the log (and so in the results): nothing is left out in silence.
 */
export class Capture {
  readonly #job: CaptureJob;
  readonly #namespaces: NamespaceFilter;
  readonly #resources: ResourceFilter;
  readonly #choice: NamespaceChoice;
  readonly #selectors: readonly LabelSelector[];
  /** Queries of the selectors that matched an object. */
  readonly #matched = new Set<string | undefined>();
  /** Where the backup names namespaces. */
  readonly #outOfReach: OutOfReach | undefined;
  readonly stored: StoredItems;
  #lists = new ListAccount(0);

  constructor(job: CaptureJob) {
    const { name, spec, discovery, namespaces, log, data } = job;
    this.#job = job;
    this.#namespaces = new NamespaceFilter(spec, namespaces);
    this.#outOfReach = this.#namespaces.reach.only ? new OutOfReach() : undefined;
    this.#resources = resourceFilter(spec, discovery, this.#namespaces);
    this.#selectors = selectorsOf(spec);
    this.#choice = new NamespaceChoice(namespaces, this.#namespaces, this.#selectors);
    for (const selector of this.#selectors) {
      const matches = namespaces.some(
        ({ meta, active }) =>
          active && this.#namespaces.takes(meta.name) && matchesSelector(selector, meta.labels),
      );
      if (matches) this.#matched.add(selectorQuery(selector));
    }
    this.stored = new StoredItems({
      name,
      spec,
      log,
      resources: this.#resources,
      namespaces: this.#namespaces,
      choice: this.#choice,
      volumes: data?.outcomes,
      claimEdits: data?.claimEdits,
    });
  }

  /** Filters that match nothing in the cluster, known before anything is read, one sentence each. */
  get unmatchedFilters(): readonly string[] {
    return [...this.#namespaces.unmatched, ...this.#resources.unmatched, ...this.#unservedOrders];
  }

  /** Velero takes the plural alone, so another name would put nothing first without a word. */
  get #unservedOrders(): string[] {
    const { spec, discovery } = this.#job;
    const served = new Set(discovery.resources.map(({ resource }) => resource));
    return Object.keys(spec.orderedResources ?? {})
      .filter((name) => !served.has(name))
      .map(
        (name) =>
          `orderedResources names "${name}", and the cluster serves no resource of that plural (write it as in pods or deployments)`,
      );
  }

  /** Selectors that matched nothing, or that nothing was selected at all, one sentence each; after the last object. */
  get unmatchedSelection(): readonly string[] {
    const unmatched = this.#selectors
      .filter((selector) => !this.#matched.has(selectorQuery(selector)))
      .map((selector) => `selector ${selectorQuery(selector) ?? '{}'} matches nothing (0 items)`);
    if (unmatched.length > 0 || this.#hasContent) return unmatched;
    return ['the filters together match nothing in the cluster (0 items)'];
  }

  /** Namespaces alone count where the filters are not about what is in them. */
  get #hasContent(): boolean {
    const { total, counts } = this.stored;
    const { spec } = this.#job;
    const filtered = [...unscopedFilters, ...scopedFilters].some((field) => spec[field]?.length);
    const namesNamespaces = [
      ...(spec.includedResources ?? []),
      ...(spec.includedClusterScopedResources ?? []),
    ].some((name) => /^(\*|ns|namespaces?)$/i.test(name));
    return total - (filtered && !namesNamespaces ? (counts.namespaces ?? 0) : 0) > 0;
  }

  /** Batch by batch; the bytes of the items are good until the next batch is asked for. */
  async *items(): AsyncGenerator<ArchivableBatch, void> {
    const { discovery, cluster, log, signal, time, data } = this.#job;
    this.#sayWhatIsMissing();
    for (const { resource, objects } of data?.objects ?? []) yield this.stored.add(resource, objects);
    const resources = listedResources(discovery, this.#resources, {
      left: (resource, reason) =>
        log.info(`Skipping resource: ${reason}`, { resource: groupResource(resource) }),
      missing: (resource, reason) =>
        log.error(`nothing of a resource is in the backup: ${reason}`, {
          resource: shownName(groupResource(resource)),
        }),
    });
    const sources = listingsOf(resources, this.#selectors);
    this.#lists = new ListAccount(sources.length);
    this.#report();
    const reach = this.#reach();
    const buffers = new BodyBuffers();
    const lists = this.#lists;
    const pagesOf = async function* (listings: readonly Listing[]): AsyncGenerator<ListingPage, void> {
      lists.begin();
      for (const listing of listings) {
        for await (const page of readTaken(cluster, listing, reach, { signal, time, buffers })) {
          lists.expect(listings, Math.round((page.toCome?.objects ?? 0) * reach.share));
          yield page;
        }
      }
      lists.expect(listings, 0);
    };
    yield* this.#listed(
      readTogether(
        sources.map((listings) => () => pagesOf(listings)),
        parallelLists,
      ),
    );

    for await (const { resource, item } of pullRelated(this.stored.related, {
      cluster,
      discovery,
      resources: this.#resources,
      listed: new Set(resources),
      selective: this.#selectors.length > 0,
      outOfReach: this.#outOfReach,
      log,
      signal,
      time,
    })) {
      yield this.stored.choose(resource, [item]);
    }
    const namespaces = resources.find((resource) => groupResource(resource) === 'namespaces');
    if (namespaces) yield* this.#namespaceObjects(namespaces);
    this.stored.settleOmitted();
    this.#outOfReach?.settle(log);
    this.#report();
  }

  /** What labels select is little, and says which namespaces it lies in. */
  #reach(): NamespaceReach {
    const { reach } = this.#namespaces;
    if (reach.only) return reach;
    if (this.#selectors.length > 0) return { ...reach, without: [] };
    // Their lists are not seen, as Velero sees them: a namespace without an account and a ConfigMap is hardly to be found.
    for (const name of reach.without) this.#choice.holds(name);
    return reach;
  }

  #sayWhatIsMissing(): void {
    const { discovery, log } = this.#job;
    for (const note of this.#namespaces.notes) log.info(note);
    for (const remark of [...this.#resources.remarks, ...this.#namespaces.remarks]) log.warn(remark);
    for (const fault of this.unmatchedFilters) log.error(fault);
    for (const stale of discovery.stale) {
      const message = `nothing of API group ${staleName(stale)} is in the backup: ${stale.reason}`;
      if (/(^|\.)metrics\.k8s\.io$/.test(stale.group)) log.warn(message);
      else log.error(message);
    }
  }

  async *#listed(pages: AsyncIterable<ListingPage>): AsyncGenerator<ArchivableBatch, void> {
    const begun = new Set<ApiResource>();
    for await (const page of pages) {
      this.#job.signal.throwIfAborted();
      const { resource } = page.listing;
      if (!begun.has(resource)) yield* this.#ordered(resource);
      begun.add(resource);
      this.#sayOfPage(page);
      if (!this.#matched.has(page.listing.labelSelector) && !isEmpty(page.items)) {
        this.#matched.add(page.listing.labelSelector);
      }
      yield this.stored.choose(resource, page.items);
      page.release();
      this.#report();
    }
  }

  /** What `orderedResources` puts first, if the lists would bring it. */
  async *#ordered(resource: ApiResource): AsyncGenerator<ArchivableBatch, void> {
    const { cluster, spec, log, signal } = this.#job;
    const order = spec.orderedResources?.[resource.resource];
    if (!order) return;
    for await (const item of orderedItems(cluster, resource, order, log, signal)) {
      const selected =
        this.#selectors.length === 0 || this.#selectors.some((one) => matchesSelector(one, item.labels));
      if (selected) yield this.stored.choose(resource, [item]);
    }
  }

  #sayOfPage({ listing, miss, denied, named, remark }: ListingPage): void {
    const fields = { resource: groupResource(listing.resource), namespace: listing.namespace };
    if (denied && this.#outOfReach && this.#isOthers(listing)) this.#outOfReach.note(fields.resource, named);
    else if (miss !== undefined)
      this.#job.log.error(`listing failed, so objects are missing: ${miss}`, fields);
    if (remark !== undefined) this.#job.log.warn(remark, fields);
  }

  /** Whether a resource belongs to the cluster and its administrators, also where it lies in a namespace. */
  #isOthers({ resource }: Listing): boolean {
    const name = groupResource(resource);
    if (name === 'namespaces') return true;
    const { spec } = this.#job;
    const chosen = [...(spec.includedResources ?? []), ...(spec.includedNamespaceScopedResources ?? [])];
    const isChosen = chosen.some((one) => one !== '*');
    return resource.namespaced && !isChosen && belongsToAdministrators(name);
  }

  async *#namespaceObjects(resource: ApiResource): AsyncGenerator<ArchivableBatch, void> {
    const { cluster } = this.#job;
    for await (const page of readListing(cluster, { resource }, this.#namespaces.reach.taken, this.#job)) {
      this.#sayOfPage(page);
      yield this.stored.choose(
        resource,
        [...page.items].filter(({ name }) => {
          const reason = name === undefined ? undefined : this.#choice.notStored(name);
          if (reason !== undefined && name !== undefined)
            this.stored.leaveOut(reason, 'namespaces', undefined, name);
          return reason === undefined;
        }),
      );
    }
  }

  #report(): void {
    const { total: done } = this.stored;
    const total = this.#lists.estimate(done);
    this.#job.progress({ phase: 'InProgress', done, ...(total !== undefined && { total, estimated: true }) });
  }
}

function isEmpty(items: Iterable<unknown>): boolean {
  for (const _ of items) return false;
  return true;
}
