import type { ObjectStore } from '../../../platform/oss/port';
import { restoreKeys } from '../../../formats/vault/layout';
import { restoreSideFiles } from '../../../formats/vault/side-files/side-files';
import type { Report } from './report';

/** Our own record of a restore, beside Velero's: gzipped JSON lines, one `ObjectOutcome` an object, with its reason. */
export function outcomesKey(restore: string): string {
  return `${restoreKeys(restore).directory}${restore}-lifeboat.json.gz`;
}

/**
 * Writes what Velero writes of a restore, and our outcomes. Create-only: what an earlier attempt wrote stays.
 * Results come last, so that their presence says that the others are there.
 */
export async function writeReport(vault: ObjectStore, restore: string, report: Report): Promise<void> {
  const files = await restoreSideFiles(restore, {
    logs: report.log.gzip(),
    results: report.results.results(),
    resourceList: report.resources,
    volumeInfo: [],
  });
  files.unshift({ key: outcomesKey(restore), bytes: report.lines.gzip() });
  const results = restoreKeys(restore).results;
  const inOrder = [
    ...files.filter((one) => one.key !== results),
    ...files.filter((one) => one.key === results),
  ];
  for (const { key, bytes } of inOrder) {
    await vault.create(key, bytes, { contentType: 'application/gzip', exclusive: false });
  }
}
