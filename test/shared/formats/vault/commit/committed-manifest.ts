import { runStore } from '../../../../../shared/formats/state/run-keys';
import type { ObjectStore } from '../../../../../shared/platform/oss/port';
import { commitKey } from '../../../../../shared/formats/vault/commit/commit-record';
import { backupKeys } from '../../../../../shared/formats/vault/layout';
import { proofOf } from '../../../../../shared/formats/vault/side-files/object-proof';

/** Commits the manifest that lies in a vault as that of a run, without its other files. */
export async function commitManifest(state: ObjectStore, vault: ObjectStore, name: string): Promise<void> {
  const { archive, manifest } = backupKeys(name);
  const { body } = await vault.get(manifest);
  const commit = {
    kind: 'Commit',
    format: 1,
    backup: name,
    attempt: 1,
    archive: { key: archive, uploadId: '1', parts: [], ...proofOf(Buffer.alloc(0)) },
    files: [],
    manifest: { key: manifest, ...proofOf(body), inline: body.toString('base64') },
  };
  await runStore(state, { kind: 'backups', name }).create(commitKey, Buffer.from(JSON.stringify(commit)));
}
