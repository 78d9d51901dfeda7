import type { BackupStanding } from '../../shared/app/backups/backup-standings';

/** Legal hold, deletion and the like in a few words each. */
export function standingWords({
  held,
  suspect,
  copied,
  replicated = [],
  deletion,
}: BackupStanding): string[] {
  return [
    ...(held ? ['legal hold'] : []),
    ...(deletion ? [`to be deleted: asked by ${deletion.who} ${deletion.at}`] : []),
    ...(suspect === undefined ? [] : ['suspect']),
    ...(copied ? ['copied'] : []),
    ...replicated.map(({ rule, cluster }) => `replicated to ${cluster} by ${rule}`),
  ];
}
