import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadAll } from 'js-yaml';
import { collectionPath, objectPath } from '../../../shared/platform/kubernetes/api-path';
import { type ApiResource, apiVersion } from '../../../shared/platform/kubernetes/api-resource';
import type { Cluster } from '../../../shared/platform/kubernetes/port';
import { serverGiven } from '../../../shared/formats/manifests/modifiers/server-given';
import type { ObjectOutcome } from '../../../shared/operations/restore/report/outcome';
import { connectTo, type TestObject } from '../../shared/operations/restore/restore-rig';

const folder = resolve(__dirname, '../../fixtures');

function documents(...files: string[]): TestObject[] {
  return files.flatMap((file) => loadAll(readFileSync(join(folder, file), 'utf8')) as TestObject[]);
}

/** As it was written for Kubernetes 1.20. */
export const older = documents('velero/source/old.yaml', 'across-versions/older.yaml');
/** The same, written by hand for today's Kubernetes. */
export const today = documents('across-versions/today.yaml');
/** What Kubernetes 1.20 does not know at all. */
export const onlyToday = documents('across-versions/only-today.yaml');
/** Its custom resources, the same ever since. */
export const custom = documents('velero/source/old-custom.yaml', 'across-versions/custom.yaml');

/** `Ingress legacy/web` */
export function nameOf({ kind, metadata }: TestObject): string {
  return `${kind} ${metadata.namespace ? `${metadata.namespace}/` : ''}${metadata.name}`;
}

/** A cluster as the tests write and read it: in any version that it serves. */
export class Side {
  #served: ApiResource[] = [];

  constructor(readonly cluster: Cluster) {}

  static async connect(kubeconfig: string): Promise<Side> {
    const side = new Side(await connectTo(kubeconfig));
    await side.refresh();
    return side;
  }

  async refresh(): Promise<void> {
    this.#served = (await this.cluster.discover({ allVersions: true })).resources;
  }

  serves(object: TestObject): boolean {
    return this.#find(object) !== undefined;
  }

  /** Creates objects, one after the other; custom resources as soon as their kind is served. */
  async create(objects: readonly TestObject[]): Promise<void> {
    for (const object of objects) {
      for (let tries = 0; !this.serves(object) && tries < 50; tries++) {
        await new Promise((done) => setTimeout(done, 200));
        await this.refresh();
      }
      await this.#post(object, object.metadata.namespace, '');
    }
  }

  /**
   * What the API server makes of an object that is written for it: defaults and all, and nothing is kept. In namespace
   * `default`, since that of the object need not be there.
   */
  async expected(object: TestObject): Promise<TestObject> {
    const { namespace, ...metadata } = object.metadata;
    const inDefault = namespace ? { ...object, metadata: { ...metadata, namespace: 'default' } } : object;
    const made = await this.#post(inDefault, 'default', '?dryRun=All');
    if (namespace) made.metadata.namespace = namespace;
    return made;
  }

  /** The cluster's copy, in the version of `object`. */
  async live(object: TestObject): Promise<TestObject> {
    const { namespace, name } = object.metadata;
    const path = objectPath(this.#resource(object), namespace, name);
    const answer = await this.cluster.request({ method: 'GET', path });
    return JSON.parse(answer.body.toString('utf8'));
  }

  async #post(object: TestObject, namespace: string, query: string): Promise<TestObject> {
    const answer = await this.cluster.request({
      method: 'POST',
      path: collectionPath(this.#resource(object), namespace) + query,
      body: JSON.stringify(object),
      contentType: 'application/json',
    });
    const made = JSON.parse(answer.body.toString('utf8'));
    if (answer.status !== 201) throw new Error(`${nameOf(object)}: ${made.message}`);
    return made;
  }

  #resource(object: TestObject): ApiResource {
    const resource = this.#find(object);
    if (!resource) throw new Error(`${object.apiVersion} ${object.kind} is not served`);
    return resource;
  }

  #find(object: TestObject): ApiResource | undefined {
    return this.#served.find((one) => apiVersion(one) === object.apiVersion && one.kind === object.kind);
  }
}

const restoreGiven = ['velero.io/backup-name', 'velero.io/restore-name'];
/** What controllers of the cluster write on objects. */
const controllerGiven = ['deployment.kubernetes.io/revision'];

/** Without what is a cluster's own affair: identities, allocated addresses, status. */
export function comparable(object: TestObject): TestObject {
  const one: TestObject = structuredClone(object);
  delete one.status;
  for (const field of [...serverGiven, 'managedFields']) delete one.metadata[field];
  dropKeys(one.metadata, 'labels', [...restoreGiven, 'kubernetes.io/metadata.name']);
  dropKeys(one.metadata, 'annotations', controllerGiven);
  if (one.kind === 'Service') {
    for (const field of ['clusterIP', 'clusterIPs']) delete one.spec[field];
    for (const port of one.spec.ports) delete port.nodePort;
  }
  if (one.kind === 'ServiceAccount') delete one.secrets;
  if (one.kind === 'Namespace') delete one.spec;
  // Their order means nothing, and autoscaling/v1 does not keep it.
  if (one.kind === 'HorizontalPodAutoscaler') one.spec.metrics?.sort(byText);
  return one;
}

function dropKeys(parent: TestObject['metadata'], field: string, names: string[]): void {
  for (const name of names) delete parent[field]?.[name];
  if (parent[field] && Object.keys(parent[field]).length === 0) delete parent[field];
}

function byText(left: unknown, right: unknown): number {
  return JSON.stringify(left) < JSON.stringify(right) ? -1 : 1;
}

/** The application as its author would write it for a cluster: for today where that is served, else as it was. */
export function writtenFor(side: Side): TestObject[] {
  const before = new Map(older.map((object) => [nameOf(object), object]));
  return today.map((object) => (side.serves(object) ? object : before.get(nameOf(object))!));
}

/** Objects by name, each `comparable`. */
export async function byName(
  objects: readonly TestObject[],
  read: (object: TestObject) => Promise<TestObject>,
): Promise<Record<string, TestObject>> {
  const found: Record<string, TestObject> = {};
  for (const object of objects) found[nameOf(object)] = comparable(await read(object));
  return found;
}

/** An outcome as `nameOf` names the object. */
export function named({ kind, namespace, name }: ObjectOutcome): string {
  return nameOf({ apiVersion: '', kind, metadata: { namespace, name } });
}
