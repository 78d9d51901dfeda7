import pLimit from 'p-limit';
import type { Installation } from '../../shared/app/installation';
import type { BackupRequest } from '../../shared/formats/manifests/run';
import { markClosed } from '../../shared/formats/state/run/open-runs';
import { createRequest } from '../../shared/formats/state/run/requests';
import { finishRun } from '../../shared/formats/state/run/results';
import { runStore } from '../../shared/formats/state/run-keys';
import type { ObjectStore } from '../../shared/platform/oss/port';
import { commitBackup } from '../../shared/formats/vault/commit/commit';
import { committedFacts } from '../../shared/formats/vault/commit/committed-facts';
import { noteUpload } from '../../shared/formats/vault/commit/started-upload';
import { backupKeys } from '../../shared/formats/vault/layout';
import { sealedBackup } from '../../shared/formats/vault/proof/backup-seal';
import { proofOf } from '../../shared/formats/vault/side-files/object-proof';
import { catalogueFile } from '../../shared/formats/vault/side-files/side-files';
import { veleroBackup } from '../../shared/formats/vault/velero-backup';

/** Schedules that they are of. */
const schedules = 100;

/**
 * Requests, commits and finishes small backups as workers do, by a hundred schedules that are gone meanwhile. They follow
 * their TTL.
 */
export async function commitBackups(installation: Installation, count: number, ttl: string): Promise<void> {
  const vault = await installation.openVault('main');
  const limit = pLimit(24);
  await Promise.all([...Array(count).keys()].map((n) => limit(() => commitOne(installation, vault, n, ttl))));
}

async function commitOne(
  { id, state, clock }: Installation,
  vault: ObjectStore,
  n: number,
  ttl: string,
): Promise<void> {
  const schedule = `s${n % schedules}`;
  const name = `${schedule}-${20260101000000 + Math.floor(n / schedules)}`;
  const run = { kind: 'backups', name } as const;
  const spec = { includedNamespaces: ['shop'], ttl };
  const time = clock.now();
  const request: BackupRequest = {
    kind: 'BackupRequest',
    metadata: { name },
    cluster: 'a',
    vault: 'main',
    spec,
    schedule: { name: schedule, slot: time.toISOString() },
  };
  await createRequest(state.store, request);
  const runFolder = runStore(state.store, run);
  const archive = Buffer.from(`archive of ${name}`);
  const upload = await vault.startUpload(backupKeys(name).archive);
  await noteUpload(runFolder, 1, upload);
  const parts = [await upload.part(1, archive)];
  const proof = proofOf(archive);
  const catalogue = await catalogueFile(name, {
    kind: 'Catalogue',
    format: 1,
    installation: id,
    clusterUid: 'uid-a',
    cluster: 'a',
    serverVersion: 'v1.37.2',
    apiVersions: {},
    objects: { [backupKeys(name).archive]: proof },
    members: [],
    counts: {},
  });
  const manifest = veleroBackup({
    name,
    uid: '00000000-0000-4000-8000-000000000000',
    labels: { 'velero.io/schedule-name': schedule },
    spec,
    storageLocation: 'main',
    serverVersion: { gitVersion: 'v1.37.2', major: '1', minor: '37' },
    startTimestamp: time,
    completionTimestamp: time,
    phase: 'Completed',
    errors: 0,
    warnings: 0,
    items: 100,
    expires: false,
  });
  const { placed } = await commitBackup({
    name,
    vault,
    run: runFolder,
    isDeleted: async () => false,
    lease: {
      attempt: 1,
      signal: new AbortController().signal,
      renew: async () => {},
      ensure: async () => {},
      release: () => {},
    },
    archive: { upload, parts, ...proof },
    sideFiles: [catalogue],
    manifest: sealedBackup(manifest, catalogue.bytes),
  });
  const at = time.toISOString();
  await finishRun(state.store, run, {
    kind: 'RunResult',
    phase: 'Completed',
    startTimestamp: at,
    completionTimestamp: at,
    errors: 0,
    warnings: 0,
    counts: { items: 100 },
    attempts: 1,
    committed: committedFacts(placed, request, 'uid-a'),
  });
  await markClosed(state.store, run);
}
