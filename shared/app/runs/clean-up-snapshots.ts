import type { BackupRequest } from '../../formats/manifests/run';
import { wasCopied } from '../../formats/state/copies';
import { findOperations } from '../../formats/state/run/operations';
import { endCleanup } from '../../formats/state/run/snapshot-cleanup';
import { type RunId, runStore } from '../../formats/state/run-keys';
import { backupKeys } from '../../formats/vault/layout';
import { runLabel } from '../../operations/volumes/run-label';
import { deleteHandle } from '../../operations/volumes/snapshots/delete-handle';
import { SnapshotCalls, snapshotVersion } from '../../operations/volumes/snapshots/snapshot-calls';
import { LifeboatError } from '../../platform/errors';
import type { Installation } from '../installation';

/** How long one worker may take, in milliseconds; what is left then is done by the next. */
const longest = 10 * 60_000;

/**
 * Deletes the snapshots of a backup that is gone from its vaults, through its cluster. While a copy of it lies in another vault
 * they stay: the deletion of the copy asks again. Throws where one could not be deleted: the run stays open, and a later start
 * goes on.
 */
export async function cleanUpSnapshots(installation: Installation, request: BackupRequest): Promise<void> {
  const { state, id, clock, log } = installation;
  const run: RunId = { kind: 'backups', name: request.metadata.name };
  if (await isKeptSomewhere(installation, request)) return endCleanup(state.store, run, false);
  const operations = (await findOperations(runStore(state.store, run))).filter((one) => one.state === 'kept');
  const manifest = await state.clusters.find(request.cluster);
  if (!manifest) {
    const handles = operations.map(({ handle }) => handle).join(', ');
    throw new LifeboatError(
      'not-found',
      `the snapshots of backup "${run.name}" cannot be deleted: cluster "${request.cluster}" is not registered any more`,
      { hint: `register it again under its name, or delete them at your storage: ${handles}` },
    );
  }
  const signal = AbortSignal.timeout(longest);
  const cluster = await installation.openCluster(manifest);
  try {
    const version = snapshotVersion(await cluster.discover({ signal }));
    if (version === undefined) {
      throw new LifeboatError('invalid', `cluster "${request.cluster}" serves no VolumeSnapshots any more`, {
        hint: 'its driver deletes the snapshots of a backup: install the snapshot CRDs again',
      });
    }
    const calls = new SnapshotCalls(cluster, signal, version);
    for (const operation of operations) {
      await deleteHandle({ calls, clock, signal, label: runLabel(id, run) }, operation);
      log.info(`deleted snapshot ${operation.handle} of backup ${run.name}`, { name: run.name });
    }
  } finally {
    cluster.close();
  }
  await endCleanup(state.store, run, true);
}

/** Whether its vault, or one with a copy, has it still. Of a vault that cannot be asked it counts as there. */
async function isKeptSomewhere({ state, openVaultStore }: Installation, request: BackupRequest) {
  const backup = request.metadata.name;
  const { items, unreadable } = await state.vaults.list();
  if (unreadable.length > 0 || !items.some(({ metadata }) => metadata.name === request.vault)) return true;
  const found = await Promise.all(
    items.map(async (vault) => {
      const { name } = vault.metadata;
      const isIts = name === request.vault || (await wasCopied(state.store, { vault: name, backup }));
      return isIts && (await openVaultStore(vault).head(backupKeys(backup).manifest)) !== undefined;
    }),
  );
  return found.includes(true);
}
