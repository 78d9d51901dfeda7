import { backUp } from '../backup/back-up';
import { bothLogs } from '../log/both-logs';
import { warningsOnly } from '../log/warnings-only';
import type { RunResult } from '../manifests/run';
import { type Attempt, carryOut } from '../runs/carry-out';
import { lastCount } from '../state/last-count';
import { liveLog } from '../state/live-log';
import { backupRequest } from '../state/requests';
import { type RunId, runStore } from '../state/run-keys';
import { seedSigner } from '../vault/signer';
import { type Installation, runContext } from './installation';

/** Carries out a requested backup under its lease; undefined when another worker does. */
export async function carryOutBackup(installation: Installation, run: RunId): Promise<RunResult | undefined> {
  const { id, state, clock, random } = installation;
  const { signingKey } = installation.settings;
  const request = await backupRequest(state.store, run.name);
  const expected = await lastCount(state.store, request).catch(() => undefined);
  const store = runStore(state.store, run);
  const live = liveLog(store, clock, { backup: `velero/${run.name}` });
  const work: Attempt = async (lease, progress) => {
    const vault = await installation.openVault(request.vault);
    const cluster = await installation.openCluster(request.cluster);
    try {
      return await backUp({
        request,
        installation: id,
        cluster,
        vault,
        run: store,
        lease,
        clock,
        random,
        progress,
        signer: signingKey === undefined ? undefined : seedSigner(signingKey),
        log: bothLogs(warningsOnly(installation.log), live),
      });
    } finally {
      cluster.close();
      await live.flush();
    }
  };
  return carryOut(runContext(installation), run, work, { expected });
}
