import type { Retention } from '../../shared/formats/manifests/retention';
import type { Committed } from './chronicle';
import { keptBy, type Standings } from './kept-by';
import { plannedSchedules } from './planned-schedules';
import { count } from './slot-ledger';
import type { World } from './world';

const contentAfter = 25 * 3_600_000;

/** Explains every deletion of a backup, and every backup that stays, or finds that nothing does. */
export interface DeletionLedger {
  held: Set<string>;
  accepted: Set<string>;
  /** Open restores, each with the backup that it names. */
  restores: Map<string, string>;
  rules: Map<string, { retention?: Retention; zone: (typeof plannedSchedules)[number]['zone'] }>;
  /** Put into the vault by others: nothing may touch them. */
  foreign: Set<string>;
  /** Around a pass of retention. */
  begin(): Map<string, string[]>;
  finish(before: Map<string, string[]>, done: boolean): void;
  close(): void;
  deleted: Map<string, number>;
  kept: Map<string, number>;
  unexplained: string[];
}

export function deletionLedger({ chronicle, clock, stateBucket, vaultBucket }: World): DeletionLedger {
  const deleted = new Map<string, number>();
  const kept = new Map<string, number>();
  const unexplained: string[] = [];
  /** Manifests whose deletion is explained. */
  const explained = new Set<string>();
  let contentsSeen = 0;
  const ledger: DeletionLedger = {
    held: new Set(),
    accepted: new Set(),
    restores: new Map(),
    rules: new Map(
      plannedSchedules.map(({ name, zone, spec }) => [name, { retention: spec.retention, zone }]),
    ),
    foreign: new Set(),
    begin: () => reasonsNow(),
    finish,
    close,
    deleted,
    kept,
    unexplained,
  };
  return ledger;

  function reasonsNow(): Map<string, string[]> {
    const isOpen = (kind: string, name: string) => stateBucket.objects.has(`state/open/${kind}/${name}`);
    const backups: Committed[] = [];
    for (const name of chronicle.visible) {
      const committed = chronicle.committed.get(name);
      if (committed) backups.push(committed);
      else if (!ledger.foreign.has(name)) unexplained.push(`${name} is visible, and was never committed`);
    }
    const restoring = [...ledger.restores].filter(([restore]) => isOpen('restores', restore));
    const so: Standings = {
      now: clock.now().getTime(),
      held: ledger.held,
      accepted: ledger.accepted,
      inUse: new Set(restoring.map(([, backup]) => backup)),
      unfinished: new Set(backups.flatMap(({ name }) => (isOpen('backups', name) ? [name] : []))),
      rules: ledger.rules,
    };
    return keptBy(backups, so);
  }

  function finish(before: Map<string, string[]>, done: boolean): void {
    for (const [name, { at }] of chronicle.hidden) {
      if (explained.has(name)) continue;
      explained.add(name);
      const reasons = before.get(name);
      if (reasons?.length === 0) count(deleted, 'its TTL was over and no rule kept it');
      else
        unexplained.push(`${name} was deleted at ${new Date(at).toISOString()}, and is kept by ${reasons}`);
    }
    for (const { name, at } of chronicle.contents.slice(contentsSeen)) {
      const hidden = chronicle.hidden.get(name);
      if (!hidden || at - hidden.at < contentAfter)
        unexplained.push(`content of ${name} was deleted within 25 hours of its manifest`);
    }
    contentsSeen = chronicle.contents.length;
    if (!done) return;
    for (const [name, reasons] of reasonsNow()) {
      if (reasons.length > 0 || before.get(name)?.length !== 0) continue;
      unexplained.push(`${name} is kept at ${clock.now().toISOString()}, and nothing keeps it`);
    }
    for (const [name, { at }] of chronicle.hidden) {
      // A pass learns the time at its first listing; hidden marks are written a moment after the manifest goes.
      if (clock.now().getTime() - at < contentAfter + 60_000) continue;
      const left = [...vaultBucket.objects.under(`vault/backups/${name}/`)];
      if (left.length > 0) unexplained.push(`content of ${name} is left: ${left}`);
    }
  }

  function close(): void {
    for (const name of ledger.foreign)
      if (!chronicle.visible.has(name)) unexplained.push(`${name}, of others, is gone`);
    for (const [name, reasons] of reasonsNow()) {
      if (reasons.length === 0) unexplained.push(`${name} is left, and nothing keeps it`);
      for (const reason of new Set(reasons)) count(kept, reason);
    }
  }
}
