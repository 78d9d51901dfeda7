import { randomBytes } from 'node:crypto';
import type { KubeObject } from '../../shared/platform/kubernetes/kube-object';
import type { Cluster } from '../../shared/platform/kubernetes/port';
import { expectSuccess } from '../../shared/platform/kubernetes/status';

/** Makes a namespace of its own for a suite. */
export async function makeNamespace(cluster: Cluster, prefix: string): Promise<string> {
  const name = `${prefix}-${randomBytes(3).toString('hex')}`;
  await create(cluster, '/api/v1/namespaces', { metadata: { name } });
  return name;
}

export async function create(cluster: Cluster, path: string, object: object): Promise<KubeObject> {
  const response = await cluster.request({ method: 'POST', path, body: JSON.stringify(object) });
  return JSON.parse(expectSuccess(response, path).body.toString('utf8'));
}

export async function remove(cluster: Cluster, path: string): Promise<void> {
  const body = JSON.stringify({ gracePeriodSeconds: 0 });
  await cluster.request({ method: 'DELETE', path, body });
}

export async function read(cluster: Cluster, path: string): Promise<KubeObject> {
  const response = await cluster.request({ method: 'GET', path });
  return JSON.parse(expectSuccess(response, path).body.toString('utf8'));
}

/** A container that runs until it is ended. */
export const idle = (name: string) => ({
  name,
  image: 'test.local/tools:1',
  imagePullPolicy: 'Never',
  command: ['sleep', '100000'],
});

/** Waits until a condition holds; fails after a minute with its name. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within a minute: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

export async function isRunning(cluster: Cluster, namespace: string, pod: string): Promise<boolean> {
  const { status } = (await read(cluster, `/api/v1/namespaces/${namespace}/pods/${pod}`)) as {
    status?: { phase?: string };
  };
  return status?.phase === 'Running';
}
