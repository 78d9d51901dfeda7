import { noFunctionLeft } from '../../platform/longest-function';
import { isKind, LifeboatError, messageOf } from '../../platform/errors';
import type { Replication } from '../../formats/manifests/replication';
import type { RestoreRequest, RunResult } from '../../formats/manifests/run';
import { requestRun } from '../runs/request-run';
import type { RunContext } from '../runs/run-context';
import {
  type BackupPoint,
  lastTurn,
  type TakenTurn,
  takeTurn,
  turnsOf,
} from '../../formats/state/replication-turns';
import { findRequest, runOf } from '../../formats/state/run/requests';
import { findResult } from '../../formats/state/run/results';
import { type ClusterUids, reasonNotToReplicate } from './fits-rule';
import { isFoundEqual } from './found-equal';
import { isRestoreOfRule } from './rule-restore';
import { replicatedRestore } from './replicated-restore';
import { attemptDue, attemptOf } from './repeated-restore';
import type { VaultBackup } from './vault-backup';
import { isNewer, newestFirst } from './vault-backups';

/** What a rule does for one of its targets. */
export interface Replicated {
  replication: string;
  target: string;
  /** The restore that was asked for, now or before. */
  restore?: string;
  /** Why no other is asked for now. */
  skipped?: string;
  /** The backup that cannot be restored by the rule, because another request has the name of its restore. */
  taken?: string;
}

/** All that is known when rules are looked at. */
export interface ReplicationPass {
  context: RunContext;
  rules: readonly Replication[];
  /** Registered name. */
  vaultName: string;
  /** The complete backups of that vault. */
  backups: readonly VaultBackup[];
  uids: ClusterUids;
}

/** A turn without a request after this time never gets one: no function lives longer than a day. */
const requestOverdue = noFunctionLeft;

/**
 * Does what the rules of a vault ask for, from what is there alone: of each rule and target the restore of the newest backup,
 * unless it was asked for or another is not finished; one that failed is asked for again while no newer backup is there. So it does not matter how often this is called, by whom, or after which
 * event, and older backups are passed over. A rule that fails stops no other.
 */
export async function replicateVault(pass: ReplicationPass): Promise<Replicated[]> {
  const { context, rules, vaultName } = pass;
  const done: Replicated[] = [];
  for (const rule of rules) {
    if (rule.spec.source.vault !== vaultName) continue;
    for (const target of rule.spec.targets) {
      const at = { replication: rule.metadata.name, target };
      try {
        done.push({ ...at, ...(await replicate(pass, rule, target)) });
      } catch (error) {
        const skipped = messageOf(error);
        const taken = error instanceof NameTaken ? { taken: error.backup } : {};
        context.log.error(`Replication ${at.replication} into ${target} failed`, {
          name: at.replication,
          error: skipped,
        });
        done.push({ ...at, skipped, ...taken });
      }
    }
  }
  return done;
}

type Done = Pick<Replicated, 'restore' | 'skipped'>;

async function replicate(pass: ReplicationPass, rule: Replication, target: string): Promise<Done> {
  const { context, rules } = pass;
  if (rule.spec.paused) return { skipped: 'the rule is paused' };
  const turns = turnsOf(context.state, rule, target);
  const last = await lastTurn(turns);
  const standing = last && (await standingOf(pass, rule, target, last));
  if (standing && 'open' in standing) return standing.open;
  const newest = newestFitting(pass, rule, target);
  if (standing?.taken && !(newest && isNewer(newest, { name: last!.turn.backup, at: last!.turn.at }))) {
    throw new NameTaken(last!.turn);
  }
  if (!newest) return { skipped: 'no backup of the vault is for this rule' };
  let attempt = 1;
  if (last && !isNewer(newest, { name: last.turn.backup, at: last.turn.at })) {
    const { restore, backup } = last.turn;
    const made = attemptOf(rule, target, last.turn);
    if (newest.name !== backup || !attemptDue(standing?.result, made, context.clock.now())) {
      return { restore, skipped: 'there is no newer backup' };
    }
    attempt = made + 1;
  }
  const request = replicatedRestore(rules, rule, newest.name, target, context.installation, attempt);
  if ('skipped' in request) return request;
  const restore = request.metadata.name;
  const earlier = await findRequest(context.state, runOf(request));
  if (earlier && !isRestoreOfRule(earlier, rule, target, newest.name)) {
    throw new NameTaken({ backup: newest.name, restore });
  }
  const taken = await takeTurn(turns, (last?.n ?? 0) + 1, {
    kind: 'Turn',
    backup: newest.name,
    at: newest.at,
    restore,
    ...(standing?.equal && { equal: standing.equal }),
  });
  if (!taken) return { skipped: 'somebody else asks for it at this moment' };
  await ask(context, rule, request);
  return { restore };
}

/** Another request has the name of the restore that a rule is to make: nothing of the backup was restored by the rule. */
class NameTaken extends LifeboatError {
  readonly backup: string;
  constructor({ backup, restore }: { backup: string; restore: string }) {
    super('conflict', `backup ${backup} is not replicated: another request has the name "${restore}"`, {
      hint: 'the next backup is replicated under another name; restore this one with `lifeboat restore create`',
    });
    this.backup = backup;
  }
}

/** The newest backup that a rule replicates into a target. */
function newestFitting(
  { backups, uids }: ReplicationPass,
  rule: Replication,
  target: string,
): VaultBackup | undefined {
  const self = uids.get(target);
  const [newest] = backups
    .filter((backup) => reasonNotToReplicate(rule, backup, uids) === undefined)
    .filter(
      ({ origin }) =>
        !('clusterUid' in origin) || origin.clusterUid === undefined || origin.clusterUid !== self,
    )
    .sort(newestFirst);
  return newest;
}

/** How the last turn stands: its restore is open, or what the target was last found equal with. */
async function standingOf(
  { context, rules }: ReplicationPass,
  rule: Replication,
  target: string,
  { turn, age }: TakenTurn,
): Promise<{ open: Done } | { equal: BackupPoint | undefined; taken?: true; result?: RunResult }> {
  const { backup, at, restore } = turn;
  const run = { kind: 'restores', name: restore } as const;
  const asked = await findRequest(context.state, run);
  if (asked && !isRestoreOfRule(asked, rule, target, backup)) return { equal: turn.equal, taken: true };
  const result = await findResult(context.state, run);
  if (result) return { equal: isFoundEqual(result) ? { backup, at } : turn.equal, result };
  if (asked) {
    return { open: { restore, skipped: `the restore of ${backup} is not finished` } };
  }
  // Whoever took the turn died before asking; or the run is long over and was cleaned away.
  if (age > requestOverdue) return { equal: turn.equal };
  const attempt = attemptOf(rule, target, turn);
  const request = replicatedRestore(rules, rule, backup, target, context.installation, attempt);
  if ('skipped' in request) return { equal: turn.equal };
  await ask(context, rule, request);
  return { open: { restore } };
}

/** One that was asked for before its rule was changed stays as it is. */
async function ask(context: RunContext, rule: Replication, request: RestoreRequest): Promise<void> {
  try {
    await requestRun(context, request);
  } catch (error) {
    if (!isKind(error, 'conflict')) throw error;
    const earlier = await findRequest(context.state, runOf(request));
    if (!earlier) throw error;
    const { backupName: backup } = request.spec;
    if (!isRestoreOfRule(earlier, rule, request.cluster, backup)) {
      throw new NameTaken({ backup, restore: request.metadata.name });
    }
  }
}
