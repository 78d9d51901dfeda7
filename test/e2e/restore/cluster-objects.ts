import { setTimeout as delay } from 'node:timers/promises';
import { collectionPath, objectPath } from '../../../shared/platform/kubernetes/api-path';
import {
  type ApiResource,
  groupResource as groupResourceOf,
} from '../../../shared/platform/kubernetes/api-resource';
import type { Cluster } from '../../../shared/platform/kubernetes/port';
import type { TestItem, TestObject } from '../../shared/operations/restore/restore-rig';
import { namespace } from './items';

/** How long `until` asks, in milliseconds. */
const patience = 30_000;

/** Reads and writes objects of a cluster over its API: a kubectl would take half a second of CPU for each. */
export class ClusterObjects {
  #resources: readonly ApiResource[] = [];

  constructor(private readonly cluster: Cluster) {}

  /** Throws when the object is not there. */
  async get(groupResource: string, name: string, ns?: string): Promise<TestObject> {
    return this.#send('GET', objectPath(await this.#resource(groupResource), ns, name));
  }

  async list(groupResource: string, ns?: string): Promise<TestObject[]> {
    return (await this.#send('GET', collectionPath(await this.#resource(groupResource), ns))).items;
  }

  /** Makes objects one after the other; resolves to what the API server made of the last one. */
  async create(...items: TestItem[]): Promise<TestObject> {
    let made: TestObject | undefined;
    for (const { groupResource, object } of items) {
      const body = typeof object === 'string' ? object : JSON.stringify(object);
      const { metadata } = JSON.parse(body);
      made = await this.#send(
        'POST',
        collectionPath(await this.#resource(groupResource), metadata.namespace),
        body,
      );
    }
    return made!;
  }

  async createNamespaces(...names: string[]): Promise<void> {
    for (const name of names) await this.create(namespace(name));
  }

  /** Sends a merge patch. */
  async merge(
    groupResource: string,
    name: string,
    ns: string | undefined,
    patch: object,
  ): Promise<TestObject> {
    const path = objectPath(await this.#resource(groupResource), ns, name);
    return this.#send('PATCH', path, JSON.stringify(patch), 'application/merge-patch+json');
  }

  async delete(groupResource: string, name: string, ns?: string): Promise<void> {
    const options = JSON.stringify({ propagationPolicy: 'Background' });
    await this.#send('DELETE', objectPath(await this.#resource(groupResource), ns, name), options);
  }

  /** Resolves once an object is as it is to be; throws after 30 seconds, with the object as it was last. */
  async until(
    groupResource: string,
    name: string,
    ns: string | undefined,
    holds: (object: TestObject) => boolean,
  ): Promise<TestObject> {
    const deadline = Date.now() + patience;
    for (;;) {
      const object = await this.get(groupResource, name, ns);
      if (holds(object)) return object;
      if (Date.now() > deadline) throw new Error(`it stays as it is: ${JSON.stringify(object)}`);
      await delay(100);
    }
  }

  async #resource(name: string): Promise<ApiResource> {
    const find = () => this.#resources.find((one) => groupResourceOf(one) === name);
    if (!find()) ({ resources: this.#resources } = await this.cluster.discover({}));
    const found = find();
    if (!found) throw new Error(`the cluster does not serve ${name}`);
    return found;
  }

  async #send(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: string,
    contentType = 'application/json',
  ): Promise<TestObject> {
    const response = await this.cluster.request({ method, path, body, contentType });
    const text = response.body.toString('utf8');
    if (response.status >= 300) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }
}
