import { messageOf } from '../errors';
import type { Replication } from '../manifests/replication';
import { requestRun } from '../runs/request-run';
import type { RunContext } from '../runs/run-context';
import { findRequest } from '../state/requests';
import type { LandedBackup } from './landed-backup';
import { replicatedRestore } from './replicated-restore';

/** What a rule did with a backup for one of its targets. */
export interface Replicated {
  replication: string;
  target: string;
  /** Name of the restore, asked for now or before. */
  restore?: string;
  /** Why there is none. */
  skipped?: string;
}

/**
 * Asks for the restores that the rules make of a backup. Repeating it changes nothing: the name of each restore follows
 * from rule, backup and target, and one that was asked for stays as it was even if its rule has changed since.
 */
export async function replicateBackup(
  context: RunContext,
  rules: readonly Replication[],
  landed: LandedBackup,
): Promise<Replicated[]> {
  const done: Replicated[] = [];
  for (const rule of rules) {
    for (const target of rule.spec.targets) {
      const at = { replication: rule.metadata.name, target };
      try {
        done.push({ ...at, ...(await replicate(context, rules, rule, landed, target)) });
      } catch (error) {
        const skipped = messageOf(error);
        context.log.error(`Replication ${at.replication} of ${landed.name} failed`, {
          name: landed.name,
          error: skipped,
        });
        done.push({ ...at, skipped });
      }
    }
  }
  return done;
}

async function replicate(
  context: RunContext,
  rules: readonly Replication[],
  rule: Replication,
  landed: LandedBackup,
  target: string,
): Promise<Pick<Replicated, 'restore' | 'skipped'>> {
  const request = replicatedRestore(rules, rule, landed, target, context.installation);
  if ('skipped' in request) return request;
  const { name } = request.metadata;
  if (!(await findRequest(context.state, { kind: 'restores', name }))) await requestRun(context, request);
  return { restore: name };
}
