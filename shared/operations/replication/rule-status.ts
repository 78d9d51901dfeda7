import type { Replication } from '../../formats/manifests/replication';
import type { RunRequest, RunResult } from '../../formats/manifests/run';
import { type BackupPoint, lastTurn, turnsOf } from '../../formats/state/replication-turns';
import { findRequest } from '../../formats/state/run/requests';
import { findResult } from '../../formats/state/run/results';
import type { ObjectStore } from '../../platform/oss/port';
import { isFoundEqual } from './found-equal';
import { isRestoreOfRule } from './rule-restore';

/** How a rule stands in one of its targets. Times are RFC 3339. */
export interface TargetStatus {
  target: string;
  /** The newest restore that was asked for. */
  last?: { backup: string; at: string; restore: string; phase: string; reason?: string };
  /** The newest backup with which every selected object was found equal. */
  equal?: BackupPoint;
  /** Age of that backup, in seconds. */
  lagSeconds?: number;
}

/** How a rule stands in each of its targets; a few requests each. */
export async function ruleStatus(state: ObjectStore, rule: Replication, now: Date): Promise<TargetStatus[]> {
  const targets: TargetStatus[] = [];
  for (const target of rule.spec.targets) {
    const taken = await lastTurn(turnsOf(state, rule, target));
    if (!taken) {
      targets.push({ target });
      continue;
    }
    const { backup, at, restore } = taken.turn;
    const run = { kind: 'restores', name: restore } as const;
    const request = await findRequest(state, run);
    if (request && !isRestoreOfRule(request, rule, target, backup)) {
      const reason = `another request has the name "${restore}": nothing was restored by the rule`;
      targets.push({
        target,
        last: { backup, at, restore, phase: 'Failed', reason },
        ...equalTo(taken.turn.equal, now),
      });
      continue;
    }
    const result = await findResult(state, run);
    const equal = result && isFoundEqual(result) ? { backup, at } : taken.turn.equal;
    targets.push({
      target,
      last: { backup, at, restore, ...outcomeOf(request, result) },
      ...equalTo(equal, now),
    });
  }
  return targets;
}

/** A turn is taken before its restore is requested: whoever took it may have died in between. */
function outcomeOf(
  request: RunRequest | undefined,
  result: RunResult | undefined,
): { phase: string; reason?: string } {
  if (result) return { phase: result.phase, ...(result.reason !== undefined && { reason: result.reason }) };
  if (request) return { phase: 'InProgress' };
  return { phase: 'New', reason: 'its restore is not requested yet: the next hourly pass requests it' };
}

/** The largest lag of a rule's targets in seconds; undefined when one was never found equal. */
export function ruleLag(targets: readonly TargetStatus[]): number | undefined {
  let largest = 0;
  for (const { lagSeconds } of targets) {
    if (lagSeconds === undefined) return undefined;
    largest = Math.max(largest, lagSeconds);
  }
  return largest;
}

function equalTo(equal: BackupPoint | undefined, now: Date): Pick<TargetStatus, 'equal' | 'lagSeconds'> {
  return equal ? { equal, lagSeconds: lagOf(equal, now) } : {};
}

function lagOf({ at }: BackupPoint, now: Date): number {
  return Math.max(0, Math.round((now.getTime() - Date.parse(at)) / 1_000));
}
