import { backUp } from '../../operations/backup/back-up';
import { bothLogs } from '../../platform/log/both-logs';
import { warningsOnly } from '../../platform/log/warnings-only';
import type { RunResult } from '../../formats/manifests/run';
import { type Attempt, carryOut } from '../../operations/runs/carry-out';
import { isBeingDeleted } from '../../formats/state/deletions';
import { lastCount } from '../../formats/state/last-count';
import { liveLog } from '../../formats/state/run/live-log';
import { backupRequest } from '../../formats/state/run/requests';
import { type RunId, runStore } from '../../formats/state/run-keys';
import { abortStartedUploads } from '../../formats/vault/commit/unfinished-uploads';
import { backupKeys } from '../../formats/vault/layout';
import { isCommitted } from '../../formats/vault/commit/replay-commit';
import { type Installation, runContext } from '../installation';
import { installationSigner } from '../secrets/signing-key';
import { claimQuietly } from '../vaults/claim-at-work';
import { patienceOf } from './patience';
import { askForCopies } from './request-copy';

/** Carries out a requested backup under its lease; undefined when another worker does. */
export async function carryOutBackup(installation: Installation, run: RunId): Promise<RunResult | undefined> {
  const { id, state, clock, random } = installation;
  const request = await backupRequest(state.store, run.name);
  const expected = await lastCount(state.store, request).catch(() => undefined);
  const store = runStore(state.store, run);
  const live = liveLog(store, clock, { backup: `velero/${run.name}` });
  const work: Attempt = async (lease, progress) => {
    // What is committed is only put into its vault: a key that is not at hand must not keep it from that.
    const signer = (await isCommitted(store)) ? undefined : await installationSigner(installation);
    const vaultManifest = await state.vaults.get(request.vault);
    const vault = installation.openVaultStore(vaultManifest);
    const writer = await claimQuietly(installation, vaultManifest, vault);
    const { spec: registered } = await state.clusters.get(request.cluster);
    const cluster = await installation.openCluster(request.cluster, { waitsForServer: true });
    try {
      const result = await backUp({
        request,
        installation: id,
        cluster,
        ownNamespaces: registered.namespaces,
        vault,
        writer,
        run: store,
        lease,
        isDeleted: () => isBeingDeleted(state.store, { vault: request.vault, backup: run.name }),
        clock,
        random,
        progress,
        signer,
        log: bothLogs(warningsOnly(installation.log), live),
      });
      // Before the outcome: who dies here is followed by another that asks.
      if (result.phase !== 'Failed') await askForCopies(installation, request);
      return result;
    } finally {
      cluster.close();
      await live.flush();
    }
  };
  return carryOut(runContext(installation), run, work, {
    expected,
    patience: await patienceOf(installation, request),
    // Those of earlier attempts too, whose workers were killed.
    cancelled: async () => {
      const vault = await installation.openVault(request.vault);
      const { directory } = backupKeys(run.name);
      await abortStartedUploads(vault, directory, store, (reason) => live.warn(reason));
    },
  });
}
