import type { Backup, ResourceList, Results } from '../../manifests/velero';
import type { ArchiveTally } from '../archive/archive-tally';
import type { Catalogue } from '../side-files/catalogue';
import type { BackupDescription } from '../describe-backup';
import { countOf } from '../side-files/results';
import type { Verifying } from './verification';

/**
 * Compares the whole archive with the resource list, the catalogue, the results and the status. A count that the writer did
 * not write is unprovable: Velero before 1.4 wrote no progress, before 1.11 no results, and early versions no resource list.
 * @param ours false for a backup of Velero's, whose counts can differ without damage
 */
export function verifyCounts(
  backup: Backup | undefined,
  description: BackupDescription | undefined,
  catalogue: Catalogue | undefined,
  tally: ArchiveTally,
  verifying: Verifying,
  ours: boolean,
): void {
  const { resourceList, results } = description ?? {};
  const status = backup?.status;
  verifyList(resourceList, status?.errors ?? 0, tally, verifying);
  const listed = resourceList && Object.values(resourceList).reduce((sum, names) => sum + names.length, 0);
  const progress = 'the number of objects against velero-backup.json';
  if (!status) verifying.add(progress, 'unprovable', 'velero-backup.json is broken');
  else if (ours) {
    const said = status.progress?.itemsBackedUp ?? 0;
    const found = listed ?? tally.items;
    verifying.judge(progress, said === found ? undefined : `${said} instead of ${found}`);
  } else verifyForeignCount(progress, status, listed ?? tally.items + tally.versions, verifying);

  if (catalogue) {
    const same =
      Object.keys(catalogue.counts).length === Object.keys(tally.counts).length &&
      Object.entries(catalogue.counts).every(([resource, count]) => tally.counts[resource] === count);
    verifying.judge(
      'the number of objects of each resource against the catalogue',
      same ? undefined : 'they are others',
    );
  }
  verifyMessages(status, results, verifying, ours);
}

function verifyList(
  resourceList: ResourceList | undefined,
  errors: number,
  tally: ArchiveTally,
  verifying: Verifying,
): void {
  const list = 'the archive against the resource list';
  if (!resourceList) verifying.add(list, 'unprovable', 'there is no resource list');
  else if (tally.unlisted !== undefined) verifying.add(list, 'broken', `${tally.unlisted} is not listed`);
  else if (tally.missing > errors + tally.unreadable)
    verifying.add(list, 'broken', `${tally.missing} of the listed objects are not in the archive`);
  else if (tally.missing > 0)
    verifying.add(
      list,
      'unprovable',
      `${tally.missing} listed objects are missing, for which there are errors`,
    );
  else verifying.add(list, 'proved');
}

/**
 * Velero counts an object before it writes it, so an object that failed is counted and an error tells of it. Its first
 * versions with a progress did not count the CRDs that they added at the end.
 */
function verifyForeignCount(
  what: string,
  { progress, errors = 0 }: Backup['status'],
  found: number,
  verifying: Verifying,
): void {
  const said = progress?.itemsBackedUp ?? 0;
  // Go leaves out a zero, so an empty progress is zero objects or nothing that was counted.
  if (!progress || (said === 0 && found > 0))
    verifying.add(what, 'unprovable', 'velero-backup.json does not say how many there are');
  else if (said === found) verifying.add(what, 'proved');
  else if (said < found) verifying.add(what, 'unprovable', `${said} were counted and ${found} are there`);
  else if (said - found <= errors)
    verifying.add(what, 'unprovable', `${said - found} are missing, for which there are errors`);
  else verifying.add(what, 'broken', `${said} instead of ${found}`);
}

function verifyMessages(
  status: Backup['status'] | undefined,
  results: Results | undefined,
  verifying: Verifying,
  ours: boolean,
): void {
  const messages = 'errors and warnings against the results';
  if (!results || !status) {
    verifying.add(messages, 'unprovable', 'there are no results');
    return;
  }
  const pairs = [
    [status.errors, countOf(results.errors)],
    [status.warnings, countOf(results.warnings)],
  ] as const;
  if (pairs.every(([said, found]) => (said ?? 0) === found)) verifying.add(messages, 'proved');
  else if (!ours && pairs.every(([said, found]) => said === undefined || said === found))
    verifying.add(messages, 'unprovable', 'velero-backup.json does not count them');
  else verifying.add(messages, 'broken', 'velero-backup.json counts others');
}
