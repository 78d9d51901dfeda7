import {
  type ApiResource,
  apiVersion,
  type Discovery,
  groupResource,
} from '../../platform/kubernetes/api-resource';
import { objectPath } from '../../platform/kubernetes/api-path';
import { askObject } from '../../platform/kubernetes/believe';
import type { KubeObject } from '../../platform/kubernetes/kube-object';
import { completeItem, type ListedItem } from '../../platform/kubernetes/listed-item';
import type { Cluster } from '../../platform/kubernetes/port';
import { errorOfStatus, failsForAll, saysRefusedByRbac, statusOf } from '../../platform/kubernetes/status';
import { isKind, messageOf } from '../../platform/errors';
import type { Log } from '../../platform/log/log';
import { builtInKinds } from '../../platform/kubernetes/built-in-kinds';
import { shownName } from '../../formats/vault/archive/storable';
import { claimOf } from './claims';
import type { OutOfReach } from './out-of-reach';
import { readListing } from './read-listing';
import type { ReadingTime } from './reading-time';
import { namespacedName, pulled, type RelatedItems } from './related-items';
import { boundRole } from './role-bindings';
import type { ResourceFilter } from './select-resources';

export interface PullContext {
  cluster: Cluster;
  discovery: Discovery;
  resources: ResourceFilter;
  /** Resources that were listed. */
  listed: ReadonlySet<ApiResource>;
  /** Label selectors were given, so that lists gave only some objects. */
  selective: boolean;
  /** Takes what RBAC refuses outside of the namespaces that the backup names; absent where it names none. */
  outOfReach?: OutOfReach;
  log: Log;
  signal: AbortSignal;
  /** How long lists may be read. Absent: no limit. */
  time?: ReadingTime;
}

export interface PulledItem {
  resource: ApiResource;
  item: ListedItem;
}

/** Objects got by name at once. */
const gets = 8;

/**
 * Fetches what stored objects need and the lists did not give: claims of pods and pods of claims, volumes, priority classes,
 * RBAC of service accounts, and the CRDs of stored custom resources. What comes is stored through the same checks, and may
 * itself need more.
 */
export async function* pullRelated(
  related: RelatedItems,
  context: PullContext,
): AsyncGenerator<PulledItem, void> {
  const puller = new Puller(related, context);
  // A claim pulled in by a pod pulls in the pods that mount it, and those their claims.
  for (let before = -1; before !== related.storedOf(pulled.claims).size; ) {
    before = related.storedOf(pulled.claims).size;
    yield* puller.named(pulled.claims);
    if (context.selective) yield* puller.podsOfClaims();
  }
  yield* puller.named(pulled.volumes);
  yield* puller.named(pulled.priorityClasses);
  await puller.wantRoles();
  yield* puller.named(pulled.bindings);
  yield* puller.named(pulled.roles);
  puller.wantDefinitions();
  // An aggregated API has none.
  yield* puller.named(pulled.definitions, { mayBeMissing: true });
}

class Puller {
  constructor(
    private readonly related: RelatedItems,
    private readonly context: PullContext,
  ) {}

  async *named(kind: string, { mayBeMissing = false } = {}): AsyncGenerator<PulledItem, void> {
    const keys = this.related.takeMissing(kind);
    const resource = this.#pullable(kind);
    if (!resource) return;
    for (let at = 0; at < keys.length; at += gets) {
      const got = await Promise.all(
        keys.slice(at, at + gets).map((key) => this.#get(resource, key, mayBeMissing)),
      );
      for (const item of got) if (item) yield { resource, item };
    }
  }

  /** Velero's item blocks: a claim brings the running pods that mount it. */
  async *podsOfClaims(): AsyncGenerator<PulledItem, void> {
    const resource = this.#pullable(pulled.pods);
    if (!resource) return;
    const claims = this.related.storedOf(pulled.claims);
    const namespaces = new Set([...claims].map((key) => key.slice(0, key.indexOf('/'))));
    for (const namespace of [...namespaces].sort()) {
      for await (const { items, miss } of readListing(
        this.context.cluster,
        { resource, namespace },
        [],
        this.context,
      )) {
        if (miss !== undefined)
          this.context.log.error(`pods of claims could not be listed: ${miss}`, {
            resource: 'pods',
            namespace,
          });
        for (const item of items) {
          if (
            item.name === undefined ||
            this.related.isStored(pulled.pods, namespacedName(namespace, item.name))
          )
            continue;
          const mounting = this.#looked(
            item,
            'pods',
            (pod) => pod.status?.phase === 'Running' && mounts(pod, claims),
          );
          if (mounting) yield { resource, item };
        }
      }
    }
  }

  /** Wants the ClusterRoleBindings of stored service accounts, and their ClusterRoles. */
  async wantRoles(): Promise<void> {
    const { serviceAccounts } = this.related;
    if (serviceAccounts.size === 0) return;
    if (this.#isWhole(pulled.bindings) && this.#isWhole(pulled.roles)) return;
    const resource = this.#pullable(pulled.bindings);
    if (!resource && !this.#pullable(pulled.roles)) return;
    const bindings = resource ?? this.#find(pulled.bindings);
    if (!bindings) return;
    const { outOfReach } = this.context;
    for await (const { items, miss, denied } of readListing(
      this.context.cluster,
      { resource: bindings },
      [],
      this.context,
    )) {
      if (denied && outOfReach) outOfReach.note(`${pulled.bindings} of service accounts`);
      else if (miss !== undefined) {
        this.context.log.error(`bindings of service accounts could not be listed: ${miss}`, {
          resource: pulled.bindings,
          namespace: '',
        });
      }
      for (const item of items) {
        const role = this.#looked(item, pulled.bindings, (binding) => boundRole(binding, serviceAccounts));
        if (role === undefined || item.name === undefined) continue;
        this.related.want(pulled.bindings, item.name);
        this.related.want(pulled.roles, role);
      }
    }
  }

  /** A CRD is named as the group-resource that it defines. */
  wantDefinitions(): void {
    if (this.#isWhole(pulled.definitions)) return;
    for (const kind of this.related.groupResources) {
      if (mayBeDefined(kind)) this.related.want(pulled.definitions, kind);
    }
  }

  /** What is seen in an object; one that is not shaped as its kind is gives an error in the log, and nothing. */
  #looked<T>(item: ListedItem, resource: string, look: (object: KubeObject) => T): T | undefined {
    try {
      return look(JSON.parse(item.json.toString('utf8')) as KubeObject);
    } catch {
      const name = item.name === undefined ? undefined : shownName(item.name);
      this.context.log.error('an object is not understood, so what it needs may be missing in the backup', {
        resource,
        namespace: item.namespace === undefined ? '' : shownName(item.namespace),
        name,
      });
      return undefined;
    }
  }

  async #get(resource: ApiResource, key: string, mayBeMissing: boolean): Promise<ListedItem | undefined> {
    const { cluster, log, signal } = this.context;
    const slash = resource.namespaced ? key.indexOf('/') : -1;
    const namespace = slash < 0 ? undefined : key.slice(0, slash);
    const name = key.slice(slash + 1);
    const fields = { resource: groupResource(resource), namespace: namespace ?? '', name: shownName(name) };
    const path = pathOf(resource, namespace, name);
    // A pod may name a claim that no claim can be called.
    if (path === undefined) {
      if (!mayBeMissing) log.warn('a related object does not exist in the cluster', fields);
      return undefined;
    }
    const response = await askObject(cluster, { method: 'GET', path, signal }, resource.kind);
    if (response.status === 200) {
      try {
        const item = completeItem(response.body, apiVersion(resource), resource.kind);
        if (item.name === name && item.namespace === namespace) return item;
        log.error('a related object is not in the backup: the API server gave another in its place', fields);
        return undefined;
      } catch (error) {
        log.error(`a related object is not understood and is not in the backup: ${messageOf(error)}`, fields);
        return undefined;
      }
    }
    const status = statusOf(response);
    // All that is pulled in is served by the API server itself.
    if (failsForAll(status)) throw errorOfStatus(status, `cluster "${cluster.name}": ${path}`);
    if (saysRefusedByRbac(status) && !resource.namespaced && this.context.outOfReach) {
      this.context.outOfReach.note(fields.resource, fields.name);
    } else if (status.code !== 404) {
      log.error(`a related object could not be read and is not in the backup: ${status.message}`, fields);
    } else if (!mayBeMissing) log.warn('a related object does not exist in the cluster', fields);
    return undefined;
  }

  #find(kind: string): ApiResource | undefined {
    return this.context.discovery.resources.find(
      (resource) => resource.preferred && groupResource(resource) === kind,
    );
  }

  #pullable(kind: string): ApiResource | undefined {
    const resource = this.#find(kind);
    return resource && this.context.resources.notPulled(resource) === undefined ? resource : undefined;
  }

  /** The lists gave all there is of it. */
  #isWhole(kind: string): boolean {
    const resource = this.#find(kind);
    return !resource || (!this.context.selective && this.context.listed.has(resource));
  }
}

/** A CRD has a group with a dot (apiextensions validation), and none that the API server serves itself. */
function mayBeDefined(kind: string): boolean {
  return kind.split('.').length > 2 && !builtInKinds.has(kind);
}

function mounts(pod: KubeObject, claims: ReadonlySet<string>): boolean {
  const volumes = (pod.spec?.volumes ?? []) as Parameters<typeof claimOf>[0][];
  return volumes.some((volume) => {
    const claim = claimOf(volume, pod.metadata.name);
    return claim !== undefined && claims.has(namespacedName(pod.metadata.namespace, claim));
  });
}

/** Undefined for a name that no object can have. */
function pathOf(resource: ApiResource, namespace: string | undefined, name: string): string | undefined {
  try {
    return objectPath(resource, namespace, name);
  } catch (error) {
    if (!isKind(error, 'invalid') && !(error instanceof URIError)) throw error;
    return undefined;
  }
}
