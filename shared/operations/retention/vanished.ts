import type { RetentionHint } from './retention-hint';
import type { Survey } from './survey-vault';

/** Backups of this installation that were in a vault, and are not there now though nothing here let them go. */
export interface Vanished {
  /** Sorted. */
  names: string[];
  /** Of these, those of which other objects are there still. */
  inPart: string[];
  /** True when none of the backups that were known is there: the vault may be empty, or another place. */
  allGone: boolean;
}

/** Facts by name, of backups that vanished. */
export type VanishedFacts = RetentionHint['backups'];

/**
 * What was known of backups that this installation committed and that vanished from a vault since: nobody decided to delete
 * them. One on demand whose TTL is over is none of them, unless it is held: a Velero beside us lets such a backup go.
 * Costs no request.
 * @param known as the last pass left it
 * @param pending decisions on deletions, by backup; read after the vault was listed
 */
export function vanishedFacts(
  known: RetentionHint['backups'],
  { manifests, now }: Pick<Survey, 'manifests' | 'now'>,
  pending: { has(backup: string): boolean },
  held: ReadonlySet<string>,
): VanishedFacts {
  return Object.fromEntries(
    Object.entries(known).filter(([name, { facts }]) => {
      if (facts.untouchable !== undefined || manifests.has(name) || pending.has(name)) return false;
      const over = facts.ttlEnds !== undefined && Date.parse(facts.ttlEnds) <= now.getTime();
      return facts.series !== undefined || !over || held.has(name);
    }),
  );
}

/** What is told of them. */
export function vanishedOf(
  vanished: VanishedFacts,
  known: RetentionHint['backups'],
  { manifests, directories }: Pick<Survey, 'manifests' | 'directories'>,
): Vanished {
  const names = Object.keys(vanished).sort();
  return {
    names,
    inPart: names.filter((name) => directories.has(name)),
    allGone: !Object.entries(known).some(
      ([name, { facts }]) => facts.untouchable === undefined && manifests.has(name),
    ),
  };
}
