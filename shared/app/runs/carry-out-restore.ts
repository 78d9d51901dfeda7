import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atOnce } from '../../platform/at-once';
import type { RunResult } from '../../formats/manifests/run';
import { restore } from '../../operations/restore/restore';
import { type Attempt, carryOutRun } from '../../operations/runs/carry-out-run';
import { refusalMayPass } from '../../operations/runs/refusal';
import { liveLog } from '../../formats/state/run/live-log';
import { requestReader, restoreRequest } from '../../formats/state/run/requests';
import { recordIn } from '../../formats/state/run-record';
import { type RunId, runStore } from '../../formats/state/run-keys';
import { runLabel } from '../../operations/volumes/run-label';
import { type Installation, runContext } from '../installation';
import { backupOfRestore, provedBackup, recordedSnapshots } from '../backups/proved-backup';
import { keptPlan } from './kept-plan';
import { openReplica } from '../replications/open-replica';
import { replicateNext } from '../replications/replicate-next';
import { patienceOf } from './patience';
import { reportsBesideVault } from './restore-report';

/** Carries out a requested restore under its lease; undefined when another worker does. */
export async function carryOutRestore(
  installation: Installation,
  run: RunId,
): Promise<RunResult | undefined> {
  const { state, clock, random } = installation;
  const store = runStore(state.store, run);
  const [request, found] = await atOnce(restoreRequest(state.store, run.name), recordIn(store));
  const live = liveLog(store, clock, { restore: `velero/${run.name}` });
  const patience = await patienceOf(installation, request);
  const { replication } = request;
  const requestOfBackup = requestReader(state.store, { kind: 'backups', name: request.spec.backupName });
  // Beside the lease. Whoever needs it meets its error.
  requestOfBackup().catch(() => {});
  const prepare = async () => {
    const [manifest, clusterManifest, plan] = await atOnce(
      state.vaults.get(request.vault),
      state.clusters.get(request.cluster),
      keptPlan(installation, request),
    );
    const proved =
      replication === undefined
        ? await provedBackup(installation, {
            ...backupOfRestore(request),
            manifest,
            request: requestOfBackup,
          })
        : undefined;
    return { manifest, clusterManifest, plan, proved };
  };
  const work: Attempt<Awaited<ReturnType<typeof prepare>>> = async (lease, progress, { prepared }) => {
    const { manifest, clusterManifest, plan } = prepared;
    const vault = installation.openVaultStore(manifest);
    const results = reportsBesideVault(installation, manifest, run);
    const cluster = await installation.openCluster(clusterManifest, { waitsForServer: true });
    const temporaryDirectory = await mkdtemp(join(tmpdir(), 'lifeboat-restore-'));
    try {
      const opened =
        replication === undefined
          ? prepared.proved
          : await openReplica(
              installation,
              { ...request, replication },
              { vault, cluster, signal: lease.signal, requestOfBackup },
            );
      const result = await restore({
        request,
        cluster,
        ...(results && { results }),
        ...opened!,
        recordedSnapshots: recordedSnapshots(installation, request, opened!),
        ...(plan && { plan }),
        run: store,
        runLabel: runLabel(installation.id, run),
        lease,
        mayPass: (error) => refusalMayPass(store, error, patience),
        clock,
        random,
        progress,
        temporaryDirectory,
        log: live,
      });
      // Unless the report could not be written, it holds the whole log.
      if (result.phase !== 'Failed' && result.reason === undefined) await live.drop();
      return result;
    } finally {
      cluster.close();
      await live.flush();
      await rm(temporaryDirectory, { recursive: true, force: true });
    }
  };
  const result = await carryOutRun(runContext(installation), run, work, {
    request,
    found,
    requestOfBackup,
    prepare,
    patience,
  });
  if (result && request.replication !== undefined) await replicateNext(installation, request.vault);
  return result;
}
