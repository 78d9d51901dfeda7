import { replicatedRestoreName } from '../../platform/input/names';
import { decidedDeletions } from '../../operations/retention/circumstances';
import { knownSuspects } from '../../operations/retention/known-suspects';
import { markedBackups } from '../../formats/state/backup-marks';
import { copiedTo } from '../../formats/state/copies';
import { pendingDeletions } from '../../formats/state/deletions';
import type { ObjectStore } from '../../platform/oss/port';
import type { Installation } from '../installation';

/** A restore that a replication rule made of a backup. */
interface MadeReplica {
  rule: string;
  cluster: string;
}

/** What the state says of a backup that lies in a vault. What is not so is absent. */
export interface BackupStanding {
  /** Under legal hold. */
  held?: true;
  /** Why a person should look at it, as of the last hourly pass. */
  suspect?: string;
  /** This installation copied it into this vault. */
  copied?: true;
  /** Rules that restored it or are at it, for as long as their runs are known. */
  replicated?: MadeReplica[];
  /** Decided, and not carried out yet: the next hourly pass deletes the backup. RFC 3339. */
  deletion?: { who: string; at: string; reason?: string };
}

/**
 * Answers for each backup of a vault how it stands. Costs five listings and a few requests for a vault, one request for each
 * deletion that was decided, and where rules replicate from the vault a listing for each thousand restores.
 */
export async function backupStandings(
  { state }: Installation,
  vault: string,
): Promise<(backup: string) => BackupStanding> {
  const { store } = state;
  const [held, accepted, copied, pending, replicas] = await Promise.all([
    markedBackups(store, 'holds', vault),
    markedBackups(store, 'accepted', vault),
    copiedTo(store, vault),
    pendingDeletions(store, vault),
    madeReplicas(state, vault),
  ]);
  const [suspects, decided] = await Promise.all([
    knownSuspects(store, vault, accepted),
    decidedDeletions(store, vault, pending.values()),
  ]);
  return (backup) => {
    const suspect = suspects.get(backup);
    const replicated = replicas(backup);
    const deletion = decided.get(backup);
    return {
      ...(held.has(backup) && { held: true }),
      ...(suspect !== undefined && { suspect }),
      ...(copied.has(backup) && { copied: true }),
      ...(replicated.length > 0 && { replicated }),
      ...(deletion && {
        deletion: {
          who: deletion.who,
          at: deletion.at,
          ...(deletion.reason !== undefined && { reason: deletion.reason }),
        },
      }),
    };
  };
}

/** Restores of rules have names that follow from rule, vault, backup and cluster. */
async function madeReplicas(
  state: Installation['state'],
  vault: string,
): Promise<(backup: string) => MadeReplica[]> {
  const { items } = await state.replications.list();
  const targets = items
    .filter(({ spec }) => spec.source.vault === vault)
    .flatMap(({ metadata, spec }) => spec.targets.map((cluster) => ({ rule: metadata.name, cluster })));
  if (targets.length === 0) return () => [];
  const restores = await namesOfRestores(state.store);
  return (backup) =>
    targets.filter(({ rule, cluster }) => restores.has(replicatedRestoreName(rule, vault, backup, cluster)));
}

async function namesOfRestores(store: ObjectStore): Promise<Set<string>> {
  const names = new Set<string>();
  for await (const page of store.list('runs/restores/', { delimiter: '/' }))
    for (const prefix of page.prefixes) names.add(prefix.split('/').at(-2) ?? '');
  return names;
}
