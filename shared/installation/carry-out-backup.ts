import { backUp } from '../backup/back-up';
import { warningsOnly } from '../log/warnings-only';
import type { RunResult } from '../manifests/run';
import { carryOut } from '../runs/carry-out';
import { backupRequest } from '../state/requests';
import { type RunId, runStore } from '../state/run-keys';
import { seedSigner } from '../vault/signer';
import { type Installation, runContext } from './installation';

/** Carries out a requested backup under its lease; undefined when another worker does. */
export async function carryOutBackup(installation: Installation, run: RunId): Promise<RunResult | undefined> {
  const { id, state, clock, random } = installation;
  const { signingKey } = installation.settings;
  const request = await backupRequest(state.store, run.name);
  return carryOut(runContext(installation), run, async (lease, progress) => {
    const vault = await installation.openVault(request.vault);
    const cluster = await installation.openCluster(request.cluster);
    try {
      return await backUp({
        request,
        installation: id,
        cluster,
        vault,
        run: runStore(state.store, run),
        lease,
        clock,
        random,
        progress,
        signer: signingKey === undefined ? undefined : seedSigner(signingKey),
        log: warningsOnly(installation.log),
      });
    } finally {
      cluster.close();
    }
  });
}
