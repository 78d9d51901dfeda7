import { objectPath } from '../../../platform/kubernetes/api-path';
import type { ApiResource } from '../../../platform/kubernetes/api-resource';
import type { KubeStatus } from '../../../platform/kubernetes/status';
import { runLabelKey } from '../../volumes/run-label';
import type { TargetCalls } from '../target/target-calls';
import type { SnapshotKinds } from './claim-snapshots';

/** The objects that brought a claim its data: the VolumeSnapshot and its content have one name. */
export interface Helpers {
  namespace: string;
  name: string;
  /** The value of their label runLabelKey. */
  run: string;
}

/**
 * Removes the VolumeSnapshot and the content that a restore made; the snapshot itself stays. What another made, or made to
 * delete the snapshot with it, is left alone. Returns why one of them stays; undefined when both are gone or going.
 */
export async function removeHelpers(
  calls: TargetCalls,
  { contents, snapshots }: SnapshotKinds,
  { namespace, name, run }: Helpers,
): Promise<string | undefined> {
  return (
    (await remove(calls, snapshots, namespace, name, run)) ??
    (await remove(calls, contents, undefined, name, run))
  );
}

async function remove(
  calls: TargetCalls,
  resource: ApiResource,
  namespace: string | undefined,
  name: string,
  run: string,
): Promise<string | undefined> {
  const path = objectPath(resource, namespace, name);
  const what = `${resource.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
  for (let tries = 1; ; tries++) {
    const found = await removeAsRead(calls, path, what, run);
    // The snapshot controller writes to it at the same time.
    if (found === undefined || typeof found === 'string') return found;
    if (found.code !== 409 || tries === mostTries) return `${what} could not be deleted: ${found.message}`;
  }
}

const mostTries = 5;

/** Returns why the object stays, as a text, or as the API server refused it. */
async function removeAsRead(
  calls: TargetCalls,
  path: string,
  what: string,
  run: string,
): Promise<string | KubeStatus | undefined> {
  const { object, status } = await calls.read(path);
  if (status) return `${what} cannot be read: ${status.message}`;
  if (!object || object.metadata.deletionTimestamp !== undefined) return undefined;
  const { labels, uid, resourceVersion } = object.metadata;
  if (labels?.[runLabelKey] !== run) return `${what} is not of this restore`;
  const policy = object.spec?.deletionPolicy;
  if (policy !== undefined && policy !== 'Retain') {
    return `${what} has deletionPolicy ${String(policy)}, so that its snapshot would be deleted with it`;
  }
  const preconditions = { uid, ...(policy !== undefined && { resourceVersion }) };
  const answer = await calls.delete(path, { propagationPolicy: 'Background', preconditions });
  return answer.accepted || answer.status.code === 404 ? undefined : answer.status;
}
