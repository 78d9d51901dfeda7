import { restoreKeys } from '../../../formats/vault/layout';
import { sideBySide } from '../../../formats/vault/commit/side-by-side';
import { restoreSideFiles, type SideFile } from '../../../formats/vault/side-files/side-files';
import type { Report } from './report';
import type { ReportPlace } from './report-place';

/** Our own record of a restore, beside Velero's: gzipped JSON lines, one `ObjectOutcome` an object, with its reason. */
export function outcomesKey(restore: string): string {
  return `${restoreKeys(restore).directory}${restore}-lifeboat.json.gz`;
}

/**
 * Writes what Velero writes of a restore, and our outcomes. Create-only: what an earlier attempt wrote stays.
 * Results come last, so that their presence says that the others are there.
 */
export async function writeReport(
  { store, isEmpty }: ReportPlace,
  restore: string,
  report: Report,
): Promise<void> {
  const files = await restoreSideFiles(restore, {
    logs: report.log.gzip(),
    results: report.results.results(),
    resourceList: report.resources,
    volumeInfo: report.volumes,
  });
  files.unshift({ key: outcomesKey(restore), bytes: report.lines.gzip() });
  const results = restoreKeys(restore).results;
  const write = async ({ key, bytes }: SideFile) => {
    await store.create(key, bytes, { contentType: 'application/gzip', exclusive: false, absent: isEmpty });
  };
  await sideBySide(
    files.filter(({ key }) => key !== results),
    write,
  );
  await sideBySide(
    files.filter(({ key }) => key === results),
    write,
  );
}
