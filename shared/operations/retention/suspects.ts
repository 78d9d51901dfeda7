import { type JudgedBackup, newestFirst } from './judged-backup';

export interface Suspects {
  /** Why, by name. */
  reasons: Map<string, string>;
  /** Backups that a suspect is measured against, with the suspect: they stay as long as it does. */
  measures: Map<string, string>;
}

/**
 * The backups of one series that look like an accident or an attack: without any object, or with under half of what their
 * predecessor had. The predecessor is the newest earlier Completed one that is not suspect itself, so that the second
 * empty backup is as suspect as the first. What a person has accepted is not suspect, and is what later ones are measured
 * against.
 */
export function suspectsOf(series: readonly JudgedBackup[], accepted: ReadonlySet<string>): Suspects {
  const suspects: Suspects = { reasons: new Map(), measures: new Map() };
  let predecessor: JudgedBackup | undefined;
  for (const backup of [...series].sort(newestFirst).reverse()) {
    const { name, items, phase } = backup;
    if (!accepted.has(name)) {
      if (items === 0) {
        suspects.reasons.set(name, 'it holds no object');
        continue;
      }
      if (predecessor && items * 2 < predecessor.items) {
        suspects.reasons.set(
          name,
          `it holds ${items} objects where ${predecessor.name} holds ${predecessor.items}`,
        );
        suspects.measures.set(predecessor.name, name);
        continue;
      }
    }
    if (phase === 'Completed') predecessor = backup;
  }
  return suspects;
}
