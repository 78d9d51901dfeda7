import { collectionPath, objectPath, type ResourcePath } from '../../../platform/kubernetes/api-path';
import type { Discovery } from '../../../platform/kubernetes/api-resource';
import { askObject } from '../../../platform/kubernetes/believe';
import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { listPages } from '../../../platform/kubernetes/list';
import type { ApiRequest, Cluster } from '../../../platform/kubernetes/port';
import { errorOfStatus, statusOf } from '../../../platform/kubernetes/status';
import { isMap } from '../../../platform/input/is-map';
import { LifeboatError } from '../../../platform/errors';
import { runLabelKey } from '../run-label';

const group = 'snapshot.storage.k8s.io';

/** A VolumeSnapshot, as far as it is looked at. */
export interface VolumeSnapshot extends KubeObject {
  spec?: { volumeSnapshotClassName?: string; source?: Record<string, unknown> };
  status?: {
    boundVolumeSnapshotContentName?: string;
    readyToUse?: boolean;
    restoreSize?: string;
    error?: { message?: string };
  };
}

/** A VolumeSnapshotContent, as far as it is looked at. */
export interface SnapshotContent extends KubeObject {
  spec?: { deletionPolicy?: 'Delete' | 'Retain'; driver?: string; [field: string]: unknown };
  status?: {
    snapshotHandle?: string;
    readyToUse?: boolean;
    restoreSize?: number;
    error?: { message?: string };
  };
}

/**
 * The version of the snapshot API that a cluster serves, `v1` or `v1beta1`; undefined where it serves none.
 * @param discovery with the verbs of all resources or without
 */
export function snapshotVersion({ resources }: Pick<Discovery, 'resources'>): string | undefined {
  return resources.find((one) => one.group === group && one.resource === 'volumesnapshots' && one.preferred)
    ?.version;
}

/** The requests about the snapshots of one cluster. Each throws LifeboatError by the answer: `denied` where RBAC refuses. */
export class SnapshotCalls {
  readonly #snapshots: SnapshotResource;
  readonly #contents: SnapshotResource;
  readonly #classes: SnapshotResource;

  constructor(
    private readonly cluster: Cluster,
    private readonly signal: AbortSignal,
    readonly version: string,
  ) {
    this.#snapshots = {
      group,
      version,
      resource: 'volumesnapshots',
      namespaced: true,
      kind: 'VolumeSnapshot',
    };
    this.#contents = {
      group,
      version,
      resource: 'volumesnapshotcontents',
      namespaced: false,
      kind: 'VolumeSnapshotContent',
    };
    this.#classes = {
      group,
      version,
      resource: 'volumesnapshotclasses',
      namespaced: false,
      kind: 'VolumeSnapshotClass',
    };
  }

  get apiVersion(): string {
    return `${group}/${this.version}`;
  }

  /** Undefined where one of that name exists. */
  createSnapshot(namespace: string, body: object): Promise<VolumeSnapshot | undefined> {
    return this.#create(this.#snapshots, body, namespace);
  }

  /** Undefined where one of that name exists. */
  createContent(body: object): Promise<SnapshotContent | undefined> {
    return this.#create(this.#contents, body);
  }

  snapshot(namespace: string, name: string): Promise<VolumeSnapshot | undefined> {
    return this.#get(this.#snapshots, name, namespace);
  }

  content(name: string): Promise<SnapshotContent | undefined> {
    return this.#get(this.#contents, name);
  }

  snapshotClass(name: string): Promise<KubeObject | undefined> {
    return this.#get(this.#classes, name);
  }

  /** What deleting the content does to the snapshot itself. False where the content is gone. */
  async setDeletionPolicy(content: string, deletionPolicy: 'Delete' | 'Retain'): Promise<boolean> {
    const path = objectPath(this.#contents, undefined, content);
    const body = JSON.stringify({ spec: { deletionPolicy } });
    const contentType = 'application/merge-patch+json';
    return this.#change({ method: 'PATCH', path, body, contentType });
  }

  /** False where it is gone already. */
  deleteSnapshot(namespace: string, name: string): Promise<boolean> {
    return this.#change({ method: 'DELETE', path: objectPath(this.#snapshots, namespace, name) });
  }

  /** False where it is gone already. */
  deleteContent(name: string): Promise<boolean> {
    return this.#change({ method: 'DELETE', path: objectPath(this.#contents, undefined, name) });
  }

  /** The snapshots of a run that are in the cluster. @param namespace where the credentials see no others */
  snapshotsOfRun(label: string, namespace?: string): AsyncGenerator<VolumeSnapshot, void> {
    return this.#labelled(this.#snapshots, label, namespace);
  }

  /** The contents that a run made itself. */
  contentsOfRun(label: string): AsyncGenerator<SnapshotContent, void> {
    return this.#labelled(this.#contents, label);
  }

  async *#labelled(
    resource: SnapshotResource,
    label: string,
    namespace?: string,
  ): AsyncGenerator<KubeObject, void> {
    const labelSelector = `${runLabelKey}=${label}`;
    const query = { signal: this.signal, labelSelector, ...(namespace !== undefined && { namespace }) };
    for await (const { items } of listPages(this.cluster, resource, query)) {
      for (const { json } of items) yield parsed(json, resource.resource);
    }
  }

  async #create(
    resource: SnapshotResource,
    body: object,
    namespace?: string,
  ): Promise<KubeObject | undefined> {
    const response = await askObject(this.cluster, {
      method: 'POST',
      path: collectionPath(resource, namespace),
      body: JSON.stringify({ apiVersion: this.apiVersion, kind: resource.kind, ...body }),
      contentType: 'application/json',
      signal: this.signal,
    });
    if (response.status < 300) return parsed(response.body, resource.resource);
    const status = statusOf(response);
    if (status.reason === 'AlreadyExists') return undefined;
    throw errorOfStatus(status, `cluster "${this.cluster.name}": ${resource.kind}`);
  }

  async #get(resource: SnapshotResource, name: string, namespace?: string): Promise<KubeObject | undefined> {
    const path = objectPath(resource, namespace, name);
    const request = { method: 'GET' as const, path, signal: this.signal };
    const response = await askObject(this.cluster, request, resource.kind);
    if (response.status === 200) return parsed(response.body, path);
    if (response.status === 404) return undefined;
    throw errorOfStatus(statusOf(response), `cluster "${this.cluster.name}": ${resource.kind} ${name}`);
  }

  async #change(request: Pick<ApiRequest, 'method' | 'path' | 'body' | 'contentType'>): Promise<boolean> {
    const response = await askObject(this.cluster, { ...request, signal: this.signal });
    if (response.status < 300) return true;
    if (response.status === 404) return false;
    throw errorOfStatus(statusOf(response), `cluster "${this.cluster.name}": ${request.path}`);
  }
}

type SnapshotResource = ResourcePath & { kind: string };

function parsed(body: Buffer, what: string): KubeObject {
  const value: unknown = JSON.parse(body.toString('utf8'));
  if (isMap(value) && isMap(value.metadata)) return value as unknown as KubeObject;
  throw new LifeboatError('corrupt', `${what}: the API server answered with no object`);
}
