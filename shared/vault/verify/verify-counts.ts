import type { Backup } from '../../manifests/velero';
import type { ArchiveTally } from '../archive/archive-tally';
import type { Catalogue } from '../side-files/catalogue';
import type { BackupDescription } from '../describe-backup';
import { countOf } from '../side-files/results';
import type { Verifying } from './verification';

/** Holds what was found in a whole archive, the resource list, the results, the catalogue and the status against one another. */
export function verifyCounts(
  backup: Backup | undefined,
  description: BackupDescription | undefined,
  catalogue: Catalogue | undefined,
  tally: ArchiveTally,
  verifying: Verifying,
): void {
  const { resourceList, results } = description ?? {};
  const status = backup?.status;
  const errors = status?.errors ?? 0;
  const list = 'the archive against the resource list';
  if (!resourceList) verifying.add(list, 'unprovable', 'there is no resource list');
  else if (tally.unlisted !== undefined) verifying.add(list, 'broken', `${tally.unlisted} is not listed`);
  else if (tally.missing > errors)
    verifying.add(list, 'broken', `${tally.missing} of the listed objects are not in the archive`);
  else if (tally.missing > 0)
    verifying.add(
      list,
      'unprovable',
      `${tally.missing} listed objects are missing, for which there are errors`,
    );
  else verifying.add(list, 'proved');

  const progress = 'the number of objects against velero-backup.json';
  const said = status?.progress?.itemsBackedUp ?? 0;
  const listed = resourceList && Object.values(resourceList).reduce((sum, names) => sum + names.length, 0);
  if (!status) verifying.add(progress, 'unprovable', 'velero-backup.json is broken');
  else
    verifying.judge(
      progress,
      said === (listed ?? tally.items) ? undefined : `${said} instead of ${listed ?? tally.items}`,
    );

  if (catalogue) {
    const same =
      Object.keys(catalogue.counts).length === Object.keys(tally.counts).length &&
      Object.entries(catalogue.counts).every(([resource, count]) => tally.counts[resource] === count);
    verifying.judge(
      'the number of objects of each resource against the catalogue',
      same ? undefined : 'they are others',
    );
  }
  const messages = 'errors and warnings against the results';
  if (!results || !status) verifying.add(messages, 'unprovable', 'there are no results');
  else {
    const right = countOf(results.errors) === errors && countOf(results.warnings) === (status.warnings ?? 0);
    verifying.judge(messages, right ? undefined : 'velero-backup.json counts others');
  }
}
