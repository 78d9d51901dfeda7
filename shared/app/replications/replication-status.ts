import pLimit from 'p-limit';
import { messageOf } from '../../platform/errors';
import type { Replication } from '../../formats/manifests/replication';
import { ruleLag, ruleStatus, type TargetStatus } from '../../operations/replication/rule-status';
import type { Installation } from '../installation';

/** How a rule stands. */
export interface ReplicationStatus {
  targets: TargetStatus[];
  /** The largest of its targets; absent while one was never found equal. */
  lagSeconds?: number;
  /** Why this cannot be told. */
  problem?: string;
}

/** How each of the rules stands. One that cannot be told stops no other. */
export async function replicationStatuses(
  { state, clock }: Installation,
  rules: readonly Replication[],
): Promise<ReplicationStatus[]> {
  const limit = pLimit(8);
  return Promise.all(
    rules.map((rule) =>
      limit(async () => {
        try {
          const targets = await ruleStatus(state.store, rule, clock.now());
          const lagSeconds = ruleLag(targets);
          return { targets, ...(lagSeconds !== undefined && { lagSeconds }) };
        } catch (error) {
          return { targets: [], problem: messageOf(error) };
        }
      }),
    ),
  );
}
