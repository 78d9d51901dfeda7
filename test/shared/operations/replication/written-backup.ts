import { instant } from '../../../../shared/formats/manifests/instant';
import type { BackupRequest } from '../../../../shared/formats/manifests/run';
import { createRequest } from '../../../../shared/formats/state/run/requests';
import { commitKey } from '../../../../shared/formats/vault/commit/commit-record';
import type { ObjectStore } from '../../../../shared/platform/oss/port';
import { backupKeys } from '../../../../shared/formats/vault/layout';
import { proofOf } from '../../../../shared/formats/vault/side-files/object-proof';
import { catalogueFile } from '../../../../shared/formats/vault/side-files/side-files';
import { signedFiles } from '../../../../shared/formats/vault/proof/signature';
import type { Signer } from '../../../../shared/formats/vault/proof/signer';

export interface ToWrite {
  name: string;
  phase?: string;
  started?: string;
  schedule?: string;
  clusterUid?: string;
  /** Signed by. */
  signer?: Signer;
  /** Committed by the installation whose state this is, for the registered cluster `a`. */
  state?: ObjectStore;
  /** As Velero writes it: without a catalogue. */
  foreign?: boolean;
  /** Without its archive. */
  bare?: boolean;
}

/** Writes a backup of cluster `a` into a vault as a worker does, and answers with the bytes of its manifest. */
export async function writeBackup(vault: ObjectStore, backup: ToWrite): Promise<Buffer> {
  const { name, phase = 'Completed', schedule, clusterUid = 'uid-a', signer, state } = backup;
  const keys = backupKeys(name);
  const archive = Buffer.from(`archive of ${name}`);
  const catalogue = await catalogueFile(name, {
    kind: 'Catalogue',
    format: 1,
    installation: 'i2',
    clusterUid,
    cluster: 'a',
    serverVersion: 'v1.37.2',
    apiVersions: {},
    objects: { [keys.archive]: proofOf(archive) },
    members: [],
    counts: {},
  });
  const manifest = Buffer.from(
    JSON.stringify({
      apiVersion: 'velero.io/v1',
      kind: 'Backup',
      metadata: { name, ...(schedule && { labels: { 'velero.io/schedule-name': schedule } }) },
      spec: { includedNamespaces: ['shop'] },
      status: {
        phase,
        startTimestamp: backup.started ?? instant(new Date('2026-11-22T09:00:00Z')),
        progress: { itemsBackedUp: 7 },
      },
    }),
  );
  const files = backup.foreign
    ? []
    : await signedFiles(name, clusterUid, { sideFiles: [catalogue], manifest }, signer);
  if (state) await commit(state, name, files, manifest);
  if (!backup.bare) await vault.put(keys.archive, archive);
  for (const { key, bytes } of files) await vault.put(key, bytes);
  await vault.put(keys.manifest, manifest);
  return manifest;
}

async function commit(
  state: ObjectStore,
  name: string,
  files: { key: string; bytes: Buffer }[],
  manifest: Buffer,
): Promise<void> {
  const request: BackupRequest = {
    kind: 'BackupRequest',
    metadata: { name },
    cluster: 'a',
    vault: 'main',
    spec: { includedNamespaces: ['shop'] },
  };
  await createRequest(state, request);
  const file = (key: string, bytes: Buffer) => ({ key, ...proofOf(bytes), from: `attempt-1/${key}` });
  const record = {
    kind: 'Commit',
    format: 1,
    backup: name,
    attempt: 1,
    archive: { key: backupKeys(name).archive, uploadId: 'u', parts: [], ...proofOf(Buffer.from('x')) },
    files: files.map(({ key, bytes }) => file(key, bytes)),
    manifest: file(backupKeys(name).manifest, manifest),
  };
  await state.at(`runs/backups/${name}/`).create(commitKey, Buffer.from(JSON.stringify(record)));
}
