import { collectionPath, objectPath } from '../../../../../shared/platform/kubernetes/api-path';
import {
  type ApiResource,
  apiVersion,
  groupResource,
} from '../../../../../shared/platform/kubernetes/api-resource';
import type { KubeObject } from '../../../../../shared/platform/kubernetes/kube-object';
import type { Cluster } from '../../../../../shared/platform/kubernetes/port';
import { serverGiven } from '../../../../../shared/formats/manifests/modifiers/server-given';
import type { Captured } from './captured';

/** Resources that one server serves from one storage under two groups. */
const alsoAs: Record<string, string[]> = {
  'ingresses.extensions': ['ingresses.networking.k8s.io'],
  'ingresses.networking.k8s.io': ['ingresses.extensions'],
};

/** Creates each object on a server and reads it in every version that the server has for it. */
export async function capture(cluster: Cluster, objects: KubeObject[]): Promise<Captured[]> {
  const { resources } = await cluster.discover({ allVersions: true });
  const result: Captured[] = [];
  const refused: string[] = [];
  for (const object of objects) {
    const own = resources.find((one) => apiVersion(one) === object.apiVersion && one.kind === object.kind);
    const name = `${object.apiVersion} ${object.kind} ${object.metadata.name}`;
    if (!own) throw new Error(`${name} is not served`);
    const names = [groupResource(own), ...(alsoAs[groupResource(own)] ?? [])];
    const versions = resources.filter((one) => names.includes(groupResource(one)));
    const { namespace } = object.metadata;
    const answer = await cluster.request({
      method: 'POST',
      path: collectionPath(own, namespace),
      body: JSON.stringify(object),
      contentType: 'application/json',
    });
    if (answer.status === 201) result.push({ name, versions: await readAll(cluster, versions, object) });
    else refused.push(`${name}: ${JSON.parse(answer.body.toString('utf8')).message}`);
  }
  if (refused.length > 0) throw new Error(refused.join('\n'));
  return result;
}

async function readAll(
  cluster: Cluster,
  versions: ApiResource[],
  object: KubeObject,
): Promise<Record<string, unknown>> {
  const { namespace, name } = object.metadata;
  const result: Record<string, unknown> = {};
  for (const resource of versions) {
    const answer = await cluster.request({ method: 'GET', path: objectPath(resource, namespace, name) });
    if (answer.status !== 200) throw new Error(answer.body.toString('utf8'));
    result[apiVersion(resource)] = withoutAccidents(JSON.parse(answer.body.toString('utf8')));
  }
  return result;
}

/** Without what differs each time: what the server gives, and what controllers write while we read. */
function withoutAccidents(object: KubeObject): KubeObject {
  for (const field of [...serverGiven, 'managedFields']) delete object.metadata[field];
  delete object.status;
  return object;
}
