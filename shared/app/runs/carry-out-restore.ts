import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunResult } from '../../formats/manifests/run';
import { restore } from '../../operations/restore/restore';
import { type Attempt, carryOut } from '../../operations/runs/carry-out';
import { refusalMayPass } from '../../operations/runs/refusal';
import { liveLog } from '../../formats/state/run/live-log';
import { restoreRequest } from '../../formats/state/run/requests';
import { type RunId, runStore } from '../../formats/state/run-keys';
import { type Installation, runContext } from '../installation';
import { backupOfRestore, provedBackup } from '../backups/proved-backup';
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
  const request = await restoreRequest(state.store, run.name);
  const store = runStore(state.store, run);
  const live = liveLog(store, clock, { restore: `velero/${run.name}` });
  const patience = await patienceOf(installation, request);
  const work: Attempt = async (lease, progress) => {
    const manifest = await state.vaults.get(request.vault);
    const vault = installation.openVaultStore(manifest);
    const results = reportsBesideVault(installation, manifest, run);
    const cluster = await installation.openCluster(request.cluster, { waitsForServer: true });
    const temporaryDirectory = await mkdtemp(join(tmpdir(), 'lifeboat-restore-'));
    try {
      const { replication } = request;
      const proved =
        replication === undefined
          ? await provedBackup(installation, backupOfRestore(request))
          : await openReplica(
              installation,
              { ...request, replication },
              { vault, cluster, signal: lease.signal },
            );
      const plan = await keptPlan(installation, request);
      return await restore({
        request,
        cluster,
        ...(results && { results }),
        ...proved,
        ...(plan && { plan }),
        run: store,
        lease,
        mayPass: (error) => refusalMayPass(store, error, patience),
        clock,
        random,
        progress,
        temporaryDirectory,
        log: live,
      });
    } finally {
      cluster.close();
      await live.flush();
      await rm(temporaryDirectory, { recursive: true, force: true });
    }
  };
  const result = await carryOut(runContext(installation), run, work, { patience });
  if (result && request.replication !== undefined) await replicateNext(installation, request.vault);
  return result;
}
