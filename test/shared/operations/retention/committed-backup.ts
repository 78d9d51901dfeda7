import type { Schedule } from '../../../../shared/formats/manifests/schedule';
import type { CommittedFacts } from '../../../../shared/formats/manifests/run';
import type { Lease } from '../../../../shared/formats/state/leases/lease-types';
import { isBeingDeleted } from '../../../../shared/formats/state/deletions';
import { markClosed } from '../../../../shared/formats/state/run/open-runs';
import { backupRequest, createRequest } from '../../../../shared/formats/state/run/requests';
import { finishRun } from '../../../../shared/formats/state/run/results';
import { runStore } from '../../../../shared/formats/state/run-keys';
import type { ObjectStore } from '../../../../shared/platform/oss/port';
import { sealedBackup } from '../../../../shared/formats/vault/proof/backup-seal';
import { commitBackup } from '../../../../shared/formats/vault/commit/commit';
import { committedFacts } from '../../../../shared/formats/vault/commit/committed-facts';
import { backupKeys } from '../../../../shared/formats/vault/layout';
import { proofOf } from '../../../../shared/formats/vault/side-files/object-proof';
import { catalogueFile } from '../../../../shared/formats/vault/side-files/side-files';
import { noteUpload } from '../../../../shared/formats/vault/commit/started-upload';
import { veleroBackup } from '../../../../shared/formats/vault/velero-backup';

export const installation = '1'.repeat(32);

/** How a backup differs from a Completed one of 100 objects that `nightly` asked for. */
export interface BackupTraits {
  /** `none` for one on demand. */
  schedule?: string | 'none';
  retention?: Schedule['spec']['retention'];
  cluster?: string;
  clusterUid?: string;
  phase?: 'Completed' | 'PartiallyFailed';
  items?: number;
  ttl?: string;
  vaultName?: string;
  installation?: string;
  /** What the machine that wrote it took for the time. */
  machineTime?: Date;
  /** Not written: the run is open still. */
  unfinished?: boolean;
  /** Its outcome was written by a release that kept no facts beside it. */
  earlierRelease?: boolean;
  /** Bytes. */
  archiveSize?: number;
}

/** Requests, commits and finishes a backup as a worker does, with OSS's time as it stands. */
export async function commitOne(
  stores: { vault: ObjectStore; state: ObjectStore },
  name: string,
  traits: BackupTraits = {},
): Promise<void> {
  const { state } = stores;
  const { schedule = 'nightly', cluster = 'a', vaultName = 'main', items = 100 } = traits;
  const time = traits.machineTime ?? machineTime;
  const run = { kind: 'backups', name } as const;
  await createRequest(state, {
    kind: 'BackupRequest',
    metadata: { name },
    cluster,
    vault: vaultName,
    spec: specOf(traits),
    ...(schedule !== 'none' && {
      schedule: {
        name: schedule,
        slot: '2026-11-22T00:00:00Z',
        ...(traits.retention && { retention: traits.retention }),
      },
    }),
  });
  const committed = await writeBackup(stores, name, traits);
  if (traits.unfinished) return;
  await finishRun(state, run, {
    kind: 'RunResult',
    phase: traits.phase ?? 'Completed',
    startTimestamp: time.toISOString(),
    completionTimestamp: time.toISOString(),
    errors: 0,
    warnings: 0,
    counts: { items },
    attempts: 1,
    ...(!traits.earlierRelease && { committed }),
  });
  await markClosed(state, run);
}

/** Uploads and commits a backup that was asked for, as one attempt of its run. Answers with what the outcome tells of it. */
export async function writeBackup(
  { vault, state }: { vault: ObjectStore; state: ObjectStore },
  name: string,
  traits: BackupTraits,
  lease: Lease = heldLease,
): Promise<CommittedFacts> {
  const { schedule = 'nightly', cluster = 'a', vaultName = 'main', items = 100 } = traits;
  const time = traits.machineTime ?? machineTime;
  const store = runStore(state, { kind: 'backups', name });
  const archive = Buffer.concat([
    Buffer.alloc(traits.archiveSize ?? 100 << 10, 1),
    Buffer.from(`archive of ${name}`),
  ]);
  const upload = await vault.startUpload(backupKeys(name).archive);
  await noteUpload(store, lease.attempt, upload);
  const parts = [await upload.part(1, archive)];
  const proof = proofOf(archive);
  const catalogue = await catalogueFile(name, {
    kind: 'Catalogue',
    format: 1,
    installation: traits.installation ?? installation,
    clusterUid: traits.clusterUid ?? 'uid-a',
    cluster,
    serverVersion: 'v1.37.2',
    apiVersions: {},
    objects: { [backupKeys(name).archive]: proof },
    members: [],
    counts: {},
  });
  const backup = veleroBackup({
    name,
    uid: '00000000-0000-4000-8000-000000000000',
    labels: schedule === 'none' ? {} : { 'velero.io/schedule-name': schedule },
    spec: specOf(traits),
    storageLocation: vaultName,
    serverVersion: { gitVersion: 'v1.37.2', major: '1', minor: '37' },
    startTimestamp: time,
    completionTimestamp: time,
    phase: traits.phase ?? 'Completed',
    errors: traits.phase === 'PartiallyFailed' ? 1 : 0,
    warnings: 0,
    items,
    expires: schedule === 'none',
  });
  const { placed } = await commitBackup({
    name,
    vault,
    run: store,
    isDeleted: () => isBeingDeleted(state, { vault: vaultName, backup: name }),
    lease,
    archive: { upload, parts, ...proof },
    sideFiles: [catalogue],
    manifest: sealedBackup(backup, catalogue.bytes),
  });
  return committedFacts(placed, await backupRequest(state, name), traits.clusterUid ?? 'uid-a');
}

const machineTime = new Date('2026-11-22T00:00:00Z');

function specOf({ ttl = '24h' }: BackupTraits) {
  return { includedNamespaces: ['shop'], ttl };
}

const heldLease: Lease = {
  attempt: 1,
  signal: new AbortController().signal,
  renew: async () => {},
  ensure: async () => {},
  release: () => {},
};

/** A schedule of that name with these rules, as the state lists it. */
export function scheduleOf(
  name: string,
  retention?: Schedule['spec']['retention'],
  timeZone = 'UTC',
): Schedule {
  return {
    kind: 'Schedule',
    metadata: { name },
    spec: {
      schedule: '0 2 * * *',
      timeZone,
      clusters: ['a'],
      vault: 'main',
      startAt: '2026-01-01T00:00:00Z',
      includeClusterInNames: false,
      template: { includedNamespaces: ['shop'] },
      ...(retention && { retention }),
    },
  } as Schedule;
}
