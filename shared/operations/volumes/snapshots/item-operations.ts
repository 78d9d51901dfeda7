import { instant } from '../../../formats/manifests/instant';
import type { SnapshotOperation } from '../../../formats/state/run/operations';

/** Content of `-itemoperations.json.gz`, as Velero's CSI plugin leaves it (pkg/itemoperation). */
export function itemOperations(
  operations: readonly SnapshotOperation[],
  backup: { name: string; uid: string },
): object[] {
  return operations.map(({ namespace, snapshot, content, state, startedAt, endedAt, error }) => {
    const [Group, started] = ['snapshot.storage.k8s.io', instant(new Date(startedAt))];
    const resource = { Group, Resource: 'volumesnapshots', Namespace: namespace, Name: snapshot };
    return {
      spec: {
        backupName: backup.name,
        backupUID: backup.uid,
        backupItemAction: 'velero.io/csi-volumesnapshot-backupper',
        resourceIdentifier: resource,
        operationID: `${namespace}/${snapshot}/${started}`,
        postOperationItems: [
          resource,
          { Group, Resource: 'volumesnapshotcontents', Namespace: '', Name: content },
        ],
      },
      status: {
        phase: state === 'kept' ? 'Completed' : 'Failed',
        ...(error !== undefined && { error }),
        created: started,
        started,
        updated: endedAt ?? started,
      },
    };
  });
}
