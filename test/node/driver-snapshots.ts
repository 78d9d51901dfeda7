import type { Cluster } from '../../shared/platform/kubernetes/port';
import { create, remove, until } from './pods-that-run';

const path = '/apis/snapshot.storage.k8s.io/v1/volumesnapshotcontents';

/** Whether the driver has the snapshot still: a content that says that it exists becomes ready, or fails. */
export async function hasSnapshot(cluster: Cluster, namespace: string, handle: string): Promise<boolean> {
  const name = `probe-${handle.slice(-36)}`;
  await create(cluster, path, {
    apiVersion: 'snapshot.storage.k8s.io/v1',
    kind: 'VolumeSnapshotContent',
    metadata: { name },
    spec: {
      deletionPolicy: 'Retain',
      driver: 'disk.csi.test',
      source: { snapshotHandle: handle },
      volumeSnapshotRef: { name, namespace },
    },
  });
  let found: boolean | undefined;
  await until('the driver knows', async () => {
    const response = await cluster.request({ method: 'GET', path: `${path}/${name}` });
    const { status } = JSON.parse(response.body.toString('utf8'));
    if (status?.error) found = false;
    else if (status?.readyToUse !== undefined) found = status.readyToUse;
    return found !== undefined;
  });
  await remove(cluster, `${path}/${name}`);
  return found === true;
}
