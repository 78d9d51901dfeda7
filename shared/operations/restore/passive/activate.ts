import { objectPath } from '../../../platform/kubernetes/api-path';
import { type ApiResource, groupResource } from '../../../platform/kubernetes/api-resource';
import { dryRunsOnly } from '../../../platform/kubernetes/dry-runs-only';
import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import type { Cluster } from '../../../platform/kubernetes/port';
import { errorOfStatus } from '../../../platform/kubernetes/status';
import { isMap } from '../../../platform/input/is-map';
import { NameFilter } from '../../../formats/manifests/selection/name-filter';
import { TargetCalls } from '../target/target-calls';
import { serializeDocument } from '../document/document';
import { type Subject, subjectOf } from '../report/outcome';
import { heldResources, passiveLabel, undoAnnotation } from '../transform/hold';

/** What became of one object that was held back. */
export interface Activated extends Subject {
  outcome: 'activated' | 'failed';
  reason?: string;
}

export interface ActivateOptions {
  /** Only in these namespaces; default all. */
  namespaces?: readonly string[];
  /** Asks the API server and changes nothing. */
  dryRun?: boolean;
  signal: AbortSignal;
}

/**
 * Lets go everything that a passive restore holds back in a cluster: each object gets back the fields that are written on it,
 * workloads first, then what scales and starts them. What nothing holds back is not touched, so that doing it twice does
 * nothing more. One that cannot be let go is told of and stops no other.
 * Throws LifeboatError `unavailable` or `denied` when the cluster cannot be asked.
 */
export async function activate(cluster: Cluster, options: ActivateOptions): Promise<Activated[]> {
  const { dryRun, signal } = options;
  const calls = new TargetCalls(dryRun ? dryRunsOnly(cluster) : cluster, signal);
  const namespaces = new NameFilter(options.namespaces);
  const served = (await cluster.discover({ signal })).resources;
  const activated: Activated[] = [];
  for (const name of heldResources) {
    const resource = served.find((one) => one.preferred && groupResource(one) === name);
    if (!resource) continue;
    const held = await calls.list(resource, { labelSelector: `${passiveLabel}=true` });
    if (held.status) throw errorOfStatus(held.status, `${name} cannot be listed`);
    for (const object of held.objects) {
      if (!namespaces.takes(object.metadata.namespace ?? '')) continue;
      activated.push(await letGo(calls, resource, object));
    }
  }
  return activated;
}

async function letGo(calls: TargetCalls, resource: ApiResource, object: KubeObject): Promise<Activated> {
  const { namespace, name, resourceVersion } = object.metadata;
  const subject = subjectOf(resource, object.metadata);
  const undo = undoOf(object);
  if (!undo) {
    return { ...subject, outcome: 'failed', reason: `its annotation ${undoAnnotation} is gone or damaged` };
  }
  const metadata = {
    resourceVersion,
    labels: { [passiveLabel]: null },
    annotations: { [undoAnnotation]: null },
  };
  const path = objectPath(resource, namespace, name);
  const answer = await calls.call('PATCH', path, serializeDocument({ metadata, spec: undo }));
  if (answer.accepted) return { ...subject, outcome: 'activated' };
  return { ...subject, outcome: 'failed', reason: answer.status.message };
}

/** Only the spec of an object is changed, whatever else somebody wrote into its annotation. */
function undoOf({ metadata }: KubeObject): Record<string, unknown> | undefined {
  try {
    const undo: unknown = JSON.parse(metadata.annotations?.[undoAnnotation] ?? '');
    return isMap(undo) && isMap(undo.spec) ? undo.spec : undefined;
  } catch {
    return undefined;
  }
}
