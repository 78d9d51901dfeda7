import { bothLogs } from '../../platform/log/both-logs';
import type { Log } from '../../platform/log/log';
import { warningsOnly } from '../../platform/log/warnings-only';
import { instant } from '../../formats/manifests/instant';
import { type Vault, vaultPrefix } from '../../formats/manifests/vault';
import { originLine } from '../../formats/manifests/origin-verdict';
import type { CopyRequest, RunResult } from '../../formats/manifests/run';
import type { ProvedBackup } from '../../operations/origin/prove-backup';
import { type Attempt, carryOutRun } from '../../operations/runs/carry-out-run';
import { forgetUncopied, noteCopied } from '../../formats/state/copies';
import { isBeingDeleted } from '../../formats/state/deletions';
import { liveLog } from '../../formats/state/run/live-log';
import { copyRequest } from '../../formats/state/run/requests';
import { type RunId, runStore } from '../../formats/state/run-keys';
import { abortStartedUploads } from '../../formats/vault/commit/unfinished-uploads';
import { copyBackup } from '../../operations/copy/copy-backup';
import { backupKeys } from '../../formats/vault/layout';
import { backupOfCopy, provedBackup } from '../backups/proved-backup';
import { type Installation, runContext } from '../installation';
import { patienceOf } from './patience';
import { claimQuietly } from '../vaults/claim-at-work';
import { assertWritable } from '../vaults/writable-vault';

/** Carries out a requested copy under its lease; undefined when another worker does. */
export async function carryOutCopy(installation: Installation, run: RunId): Promise<RunResult | undefined> {
  const { state, clock } = installation;
  const request = await copyRequest(state.store, run.name);
  const { backup, from, vault } = request;
  const store = runStore(state.store, run);
  const live = liveLog(store, clock, { copy: run.name });
  const log = bothLogs(warningsOnly(installation.log), live);
  const started = clock.now();
  const work: Attempt = async (lease, progress) => {
    try {
      const [source, target] = await Promise.all([state.vaults.get(from), state.vaults.get(vault)]);
      assertWritable(target, 'no backup is copied into it');
      const to = installation.openVaultStore(target);
      const writer = await claimQuietly(installation, target, to);
      const place = { vault, backup };
      const proved = await provedBackup(installation, backupOfCopy(request));
      tellOrigin(request, proved, log);
      const copied = await copyBackup({
        name: backup,
        from: proved.vault,
        to,
        writer,
        origin: { installation: installation.id, from: placeOf(source) },
        isDeleted: (side) => isBeingDeleted(state.store, { vault: side === 'from' ? from : vault, backup }),
        run: store,
        lease,
        progress,
        log,
        beforeVisible: (manifest) => noteCopied(state.store, place, { from, manifest }),
      });
      for (const warning of copied.warnings) log.warn(warning);
      await forgetUncopied(state.store, place);
      return {
        kind: 'RunResult',
        phase: 'Completed',
        startTimestamp: instant(started),
        completionTimestamp: instant(clock.now()),
        errors: 0,
        warnings: copied.warnings.length + (request.unproved === undefined ? 0 : 1),
        counts: { objects: copied.objects, bytes: copied.bytes },
        attempts: lease.attempt,
        origin: proved.origin,
      };
    } finally {
      await live.flush();
    }
  };
  return carryOutRun(runContext(installation), run, work, {
    patience: await patienceOf(installation, request),
    // They are kept for the next attempt, and there is none.
    abandoned: async () => {
      const target = await installation.openVault(vault);
      await abortStartedUploads(target, backupKeys(backup).directory, store, (reason) => log.warn(reason));
    },
  });
}

/** Says whose backup it is. One that an admin takes without proof is a warning. */
function tellOrigin({ backup, unproved }: CopyRequest, { origin }: ProvedBackup, log: Log): void {
  const line = `origin of backup ${backup}: ${originLine(origin)}`;
  if (unproved === undefined) log.info(line);
  else log.warn(`${line}; it is copied because an admin named it as unproved`);
}

function placeOf(vault: Vault) {
  const { region, bucket } = vault.spec;
  return { vault: vault.metadata.name, region, bucket, prefix: vaultPrefix(vault) };
}
