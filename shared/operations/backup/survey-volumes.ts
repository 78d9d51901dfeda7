import pLimit from 'p-limit';
import type { KubeObject } from '../../platform/kubernetes/kube-object';
import { objectPath } from '../../platform/kubernetes/api-path';
import { type ApiResource, type Discovery, groupResource } from '../../platform/kubernetes/api-resource';
import { askObject } from '../../platform/kubernetes/believe';
import { listPages } from '../../platform/kubernetes/list';
import type { ListedItem } from '../../platform/kubernetes/listed-item';
import type { Cluster } from '../../platform/kubernetes/port';
import { errorOfStatus, saysRefusedByRbac, statusOf } from '../../platform/kubernetes/status';
import { isKind } from '../../platform/errors';
import { selectorsOf } from '../../formats/manifests/selection/spec-filters';
import type { BackupSpec } from '../../formats/manifests/velero';
import {
  claimFacts,
  podFacts,
  provisionerOf,
  snapshotClassFacts,
  volumeFacts,
} from '../volumes/plan/facts-of';
import type {
  ClaimFacts,
  PersistentVolumeFacts,
  PodFacts,
  SnapshotClasses,
  VolumeFacts,
} from '../volumes/plan/volume-facts';
import { listingsOf } from './listings';
import { readTaken } from './read-taken';
import { pulled } from './related-items';
import { ItemOmission } from './select-items';
import { type KnownNamespace, NamespaceFilter } from './select-namespaces';
import { resourceFilter } from './select-resources';

export interface SurveyJob {
  cluster: Cluster;
  spec: BackupSpec;
  discovery: Discovery;
  namespaces: readonly KnownNamespace[];
  signal: AbortSignal;
  /** Sees every pod of the backup that runs, whole. */
  pod?(pod: KubeObject): void;
}

/** Objects got by name at once. */
const gets = 8;
/** More volumes than these are listed. */
const mostGot = 16;

/**
 * Reads what volumes a backup has, before anything of it is captured: its pods, its claims and those that its pods name, the
 * volumes behind them, and the cluster's VolumeSnapshotClasses. It keeps a few facts of each. What cannot be read is absent: the
 * capture, which comes after it, says so. Throws where the API server does not answer.
 */
export async function surveyVolumes(job: SurveyJob): Promise<VolumeFacts> {
  const survey = new Survey(job);
  await survey.read();
  return survey.facts();
}

/** Reads the pods of a backup alone, for whoever wants to see them. Throws as `surveyVolumes`. */
export async function surveyPods(job: SurveyJob): Promise<void> {
  await new Survey(job).readPods();
}

class Survey {
  readonly #pods = new Map<string, PodFacts>();
  readonly #claims = new Map<string, ClaimFacts>();
  /** Driver of a claim's volume, as its annotation says; for credentials that may not read volumes. */
  readonly #provisioners = new Map<string, string>();
  readonly #volumes: PersistentVolumeFacts[] = [];
  #classes: SnapshotClasses = { unavailable: 'the cluster serves no VolumeSnapshots' };

  constructor(private readonly job: SurveyJob) {}

  async read(): Promise<void> {
    const classes = this.#readClasses();
    classes.catch(() => {});
    await Promise.all([this.#list(pulled.pods), this.#list(pulled.claims)]);
    await this.#claimsOfPods();
    await this.#podsOfClaims();
    await this.#readVolumes();
    this.#classes = await classes;
  }

  async readPods(): Promise<void> {
    await this.#list(pulled.pods);
  }

  facts(): VolumeFacts {
    return {
      pods: [...this.#pods.values()],
      claims: [...this.#claims.values()],
      volumes: this.#volumes,
      snapshotClasses: this.#classes,
    };
  }

  async #list(name: string): Promise<void> {
    const { cluster, spec, discovery, namespaces, signal } = this.job;
    const filter = new NamespaceFilter(spec, namespaces);
    const resources = resourceFilter(spec, discovery, filter);
    const resource = this.#find(name);
    if (!resource || resources.notListed(resource) !== undefined) return;
    const omission = new ItemOmission(resource, resources, filter);
    for (const listing of listingsOf([resource], selectorsOf(spec)).flat()) {
      for await (const page of readTaken(cluster, listing, filter.reach, { signal })) {
        for (const item of page.items) if (omission.of(item) === undefined) this.#note(name, item);
        page.release();
      }
    }
  }

  /** Label selectors do not count for the claims of pods, as in Velero. */
  async #claimsOfPods(): Promise<void> {
    const resource = this.#pullable(pulled.claims);
    if (!resource) return;
    const missing = new Set<string>();
    for (const { namespace, volumes } of this.#pods.values()) {
      for (const { claim } of volumes) {
        if (claim !== undefined && !this.#claims.has(`${namespace}/${claim}`))
          missing.add(`${namespace}/${claim}`);
      }
    }
    await this.#get(resource, [...missing], (claim) => this.#noteClaim(claim));
  }

  /** Nor for the pods that run and mount a claim. */
  async #podsOfClaims(): Promise<void> {
    const resource = this.#pullable(pulled.pods);
    if (!resource || selectorsOf(this.job.spec).length === 0) return;
    const { cluster, signal } = this.job;
    for (const namespace of new Set([...this.#claims.values()].map((claim) => claim.namespace))) {
      for await (const { items, release } of listPages(cluster, resource, { namespace, signal })) {
        for (const item of items) {
          const pod = parsed(item);
          if (pod?.status?.phase !== 'Running') continue;
          const { volumes } = podFacts(pod);
          if (volumes.some(({ claim }) => this.#claims.has(`${namespace}/${claim}`))) this.#notePod(pod);
        }
        release();
      }
    }
  }

  async #readVolumes(): Promise<void> {
    const names = new Set<string>();
    for (const { volumeName } of this.#claims.values()) if (volumeName) names.add(volumeName);
    const resource = this.#find(pulled.volumes);
    const found = new Set<string>();
    const note = (volume: KubeObject) => {
      if (!names.has(volume.metadata.name) || found.has(volume.metadata.name)) return;
      found.add(volume.metadata.name);
      this.#volumes.push(volumeFacts(volume));
    };
    if (resource && names.size > mostGot) await this.#listAll(resource, note);
    else if (resource) await this.#get(resource, [...names], note);
    this.#volumesByAnnotation(found);
  }

  /** Of volumes that RBAC hides, the annotation of the claim names the driver. */
  #volumesByAnnotation(found: ReadonlySet<string>): void {
    for (const [key, { volumeName, capacity, storageClassName }] of this.#claims) {
      const driver = this.#provisioners.get(key);
      if (!volumeName || found.has(volumeName) || driver === undefined) continue;
      this.#volumes.push({ name: volumeName, source: 'csi', csi: { driver }, capacity, storageClassName });
    }
  }

  async #readClasses(): Promise<SnapshotClasses> {
    const resource = this.#find('volumesnapshotclasses.snapshot.storage.k8s.io');
    if (!resource || !this.#find('volumesnapshots.snapshot.storage.k8s.io')) return this.#classes;
    const objects: KubeObject[] = [];
    const isRefused = await this.#listAll(resource, (one) => objects.push(one));
    if (isRefused) return { unavailable: 'the credentials may not list VolumeSnapshotClasses' };
    return { classes: objects.map(snapshotClassFacts) };
  }

  /** True where RBAC refuses. */
  async #listAll(resource: ApiResource, note: (object: KubeObject) => void): Promise<boolean> {
    const { cluster, signal } = this.job;
    try {
      for await (const { items, release } of listPages(cluster, resource, { signal })) {
        for (const item of items) {
          const object = parsed(item);
          if (object) note(object);
        }
        release();
      }
      return false;
    } catch (error) {
      if (!isKind(error, 'denied')) throw error;
      return true;
    }
  }

  async #get(
    resource: ApiResource,
    keys: readonly string[],
    note: (object: KubeObject) => void,
  ): Promise<void> {
    const limit = pLimit(gets);
    await Promise.all(keys.map((key) => limit(() => this.#getOne(resource, key, note))));
  }

  async #getOne(resource: ApiResource, key: string, note: (object: KubeObject) => void): Promise<void> {
    const { cluster, signal } = this.job;
    const slash = resource.namespaced ? key.indexOf('/') : -1;
    let path: string;
    try {
      path = objectPath(resource, slash < 0 ? undefined : key.slice(0, slash), key.slice(slash + 1));
    } catch {
      // A pod may name a claim that no claim can be called.
      return;
    }
    const response = await askObject(cluster, { method: 'GET', path, signal }, resource.kind);
    if (response.status === 200) note(JSON.parse(response.body.toString('utf8')) as KubeObject);
    else if (response.status !== 404) {
      const status = statusOf(response);
      if (!saysRefusedByRbac(status)) throw errorOfStatus(status, `cluster "${cluster.name}": ${path}`);
    }
  }

  #note(name: string, item: ListedItem): void {
    const object = parsed(item);
    if (!object) return;
    if (name === pulled.pods) this.#notePod(object);
    else this.#noteClaim(object);
  }

  #notePod(pod: KubeObject): void {
    const { namespace = '', name } = pod.metadata;
    const key = `${namespace}/${name}`;
    if (this.#pods.has(key)) return;
    const facts = podFacts(pod);
    if (facts.volumes.length > 0) this.#pods.set(key, facts);
    this.job.pod?.(pod);
  }

  #noteClaim(claim: KubeObject): void {
    const facts = claimFacts(claim);
    const key = `${facts.namespace}/${facts.name}`;
    this.#claims.set(key, facts);
    const provisioner = provisionerOf(claim);
    if (provisioner !== undefined) this.#provisioners.set(key, provisioner);
  }

  #find(name: string): ApiResource | undefined {
    return this.job.discovery.resources.find((one) => one.preferred && groupResource(one) === name);
  }

  #pullable(name: string): ApiResource | undefined {
    const { spec, discovery, namespaces } = this.job;
    const resource = this.#find(name);
    const filter = resourceFilter(spec, discovery, new NamespaceFilter(spec, namespaces));
    return resource && filter.notPulled(resource) === undefined ? resource : undefined;
  }
}

/** Undefined for what is no object: the capture says so. */
function parsed(item: ListedItem): KubeObject | undefined {
  try {
    const value = JSON.parse(item.json.toString('utf8')) as KubeObject;
    return typeof value.metadata?.name === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
