import type { FixtureObject } from './fixture-backup';

/** What a rule may look at beside the two values. */
export interface Around {
  archived: FixtureObject;
  live: FixtureObject;
  backup: string;
  restore: string;
  /** Whether this restore made the object; else it was there, with the same content. */
  created: boolean;
  startedAt: number;
  /** Restored into a newer Kubernetes than it was backed up on. */
  newer: boolean;
  /** The uid of an object of the cluster by kind and place; undefined where it has none. */
  uidOf(kind: string, place: string): string | undefined;
}

/** One field whose value after a restore is not the archived one, why, and what it must be instead. */
export interface Rule {
  kind: string;
  path: RegExp;
  reason: string;
  holds(was: unknown, is: unknown, around: Around): boolean;
}

export const rule = (kind: string, path: RegExp, reason: string, holds: Rule['holds']): Rule => ({
  kind,
  path,
  reason,
  holds,
});
