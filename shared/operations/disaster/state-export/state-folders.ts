/**
 * What becomes of each part of the state when it is exported. Every first-level name of the State table
 * (docs/architecture.md) is here; what is not is left out, and the export says so.
 * - `exported`: what people made or decided, and nothing else has
 * - `runs`: belongs to runs; what they made lies in the vaults
 * - `rebuilt`: caches and marks of the moment, made again by whoever needs them
 * - `kept-here`: outlives nothing but this state
 */
export const stateFolders: Readonly<Record<string, 'exported' | 'runs' | 'rebuilt' | 'kept-here'>> = {
  'clusters/': 'exported',
  'vaults/': 'exported',
  'schedules/': 'exported',
  'replications/': 'exported',
  'notifications/': 'exported',
  'keys/': 'exported',
  'holds/': 'exported',
  'accepted/': 'exported',
  'open/': 'runs',
  'runs/': 'runs',
  'ended/': 'runs',
  'permits/': 'runs',
  'turns/': 'runs',
  'copied/': 'runs',
  'uncopied/': 'runs',
  'left-out/': 'runs',
  'notices/': 'runs',
  'outbox/': 'runs',
  'alarms/': 'rebuilt',
  'hints/': 'rebuilt',
  'heartbeat.json': 'rebuilt',
  // Another installation has an id of its own, and copies are made for its own seals.
  'installation.json': 'kept-here',
  'recovery/': 'kept-here',
  'restored.json': 'kept-here',
  // Who may add an export to a vault must not be able to have backups deleted by it.
  'deletions/': 'kept-here',
  // A token is made again sooner than trusted from an export that anyone may have written.
  'tokens/': 'kept-here',
  'asked/': 'runs',
  'idempotency/': 'runs',
  // Grows with every day; each entry is of interest as long as its installation is.
  'audit/': 'kept-here',
};

/** Folders that an export takes, in its order. */
export const exportedFolders = Object.keys(stateFolders).filter(
  (folder) => stateFolders[folder] === 'exported',
);

/** Folders of which each manifest has numbered revisions, and the newest is exported. */
export const manifestFolders: ReadonlySet<string> = new Set([
  'clusters/',
  'vaults/',
  'schedules/',
  'replications/',
  'notifications/',
]);
