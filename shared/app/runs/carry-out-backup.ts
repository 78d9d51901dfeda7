import { atOnce } from '../../platform/at-once';
import { backUp } from '../../operations/backup/back-up';
import { clearUpData } from '../../operations/backup/clear-up-data';
import { bothLogs } from '../../platform/log/both-logs';
import { warningsOnly } from '../../platform/log/warnings-only';
import type { BackupRequest, RunResult } from '../../formats/manifests/run';
import { type Attempt, carryOutRun } from '../../operations/runs/carry-out-run';
import { isBeingDeleted } from '../../formats/state/deletions';
import { recordIn } from '../../formats/state/run-record';
import { lastCount } from '../../formats/state/last-count';
import { liveLog } from '../../formats/state/run/live-log';
import { hasTouched } from '../../formats/state/run/touches';
import { backupRequest } from '../../formats/state/run/requests';
import { type RunId, runStore } from '../../formats/state/run-keys';
import type { ObjectStore } from '../../platform/oss/port';
import { abortStartedUploads } from '../../formats/vault/commit/unfinished-uploads';
import { backupKeys } from '../../formats/vault/layout';
import { type Installation, runContext } from '../installation';
import { installationSigner } from '../secrets/signing-key';
import { claimQuietly } from '../vaults/claim-at-work';
import { cleanUpSnapshots } from './clean-up-snapshots';
import { patienceOf } from './patience';
import { askForCopies } from './request-copy';

/** Carries out a requested backup under its lease; undefined when another worker does. */
export async function carryOutBackup(installation: Installation, run: RunId): Promise<RunResult | undefined> {
  const { id, state, clock, random } = installation;
  const store = runStore(state.store, run);
  const [request, found] = await atOnce(backupRequest(state.store, run.name), recordIn(store));
  const [expected, patience] = await atOnce(
    lastCount(state.store, request).catch(() => undefined),
    patienceOf(installation, request),
  );
  const live = liveLog(store, clock, { backup: `velero/${run.name}` });
  const prepare = async (committed: boolean) => {
    const [signer, vaultManifest, clusterManifest] = await atOnce(
      // What is committed is only put into its vault: a key that is not at hand must not keep it from that.
      committed ? Promise.resolve(undefined) : installationSigner(installation),
      state.vaults.get(request.vault),
      state.clusters.get(request.cluster),
    );
    const vault = installation.openVaultStore(vaultManifest);
    const writer = await claimQuietly(installation, vaultManifest, vault);
    return { signer, vault, writer, clusterManifest };
  };
  const work: Attempt<Awaited<ReturnType<typeof prepare>>> = async (lease, progress, start) => {
    const { clusterManifest, ...places } = start.prepared;
    const cluster = await installation.openCluster(clusterManifest, { waitsForServer: true });
    try {
      const result = await backUp({
        request,
        installation: id,
        cluster,
        ownNamespaces: clusterManifest.spec.namespaces,
        ...places,
        run: store,
        committed: start.committed,
        resumed: start.resumed,
        lease,
        isDeleted: () => isBeingDeleted(state.store, { vault: request.vault, backup: run.name }),
        clock,
        random,
        progress,
        log: bothLogs(warningsOnly(installation.log), live),
      });
      // Before the outcome: who dies here is followed by another that asks.
      if (!('paused' in result) && result.phase !== 'Failed') {
        await live.drop();
        await askForCopies(installation, request);
      }
      return result;
    } finally {
      cluster.close();
      await live.flush();
    }
  };
  return carryOutRun(runContext(installation), run, work, {
    request,
    found,
    prepare,
    expected,
    patience,
    cleanUp: () => cleanUpSnapshots(installation, request),
    // Those of earlier attempts too, whose workers were killed.
    abandoned: async () => {
      await clearUpCluster(installation, request, store);
      const vault = await installation.openVault(request.vault);
      const { directory } = backupKeys(run.name);
      await abortStartedUploads(vault, directory, store, (reason) => live.warn(reason));
    },
  });
}

/** A cluster that is registered no more cannot be asked: what it has left lies there. */
async function clearUpCluster(
  installation: Installation,
  request: BackupRequest,
  run: ObjectStore,
): Promise<void> {
  if (!(await hasTouched(run))) return;
  const manifest = await installation.state.clusters.find(request.cluster);
  if (!manifest) return;
  const cluster = await installation.openCluster(manifest);
  try {
    await clearUpData({
      request,
      run,
      cluster,
      installation: installation.id,
      ownNamespaces: manifest.spec.namespaces,
      clock: installation.clock,
      signal: AbortSignal.timeout(clearingTime),
      log: installation.log,
    });
  } finally {
    cluster.close();
  }
}

/** Milliseconds. The lease of the run is renewed meanwhile. */
const clearingTime = 10 * 60_000;
