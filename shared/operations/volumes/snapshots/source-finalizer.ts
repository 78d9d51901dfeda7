/**
 * The snapshot controller holds a claim by it while a snapshot of the claim is under way. A claim that is created with it has no
 * such snapshot, so that the controller never takes it away, and the claim can never be deleted.
 */
export const snapshotSourceFinalizer = 'snapshot.storage.kubernetes.io/pvc-as-source-protection';
