import { reportsBeside } from '../../../formats/state/run-keys';
import type { ObjectStore } from '../../../platform/oss/port';
import { restoreKeys } from '../../../formats/vault/layout';
import type { Report } from './report';

/** What the place of a report depends on. */
export interface Reported {
  request: { metadata: { name: string } };
  vault: ObjectStore;
  /** Takes the results in the place of a vault that is read-only. */
  results?: ObjectStore;
  /** Bound to the folder of the run. */
  run: ObjectStore;
  lease: { attempt: number };
}

export interface ReportPlace {
  store: ObjectStore;
  /** Nothing of the restore lies there yet. */
  isEmpty: boolean;
}

/**
 * Returns where a restore writes its results: its vault, or the state where the vault is read-only or holds a restore of the
 * name already, another installation's or one that somebody put there beforehand. Reports are written once, so that what this
 * one did would be told nowhere else; and names can be guessed, so that refusing would let others end a restore. The report
 * says so. For a later attempt what lies there may be its own.
 */
export async function reportPlace(
  { results, vault, run, request, lease }: Reported,
  report: Report,
): Promise<ReportPlace> {
  if (results) return { store: results, isEmpty: false };
  const { name } = request.metadata;
  if (!(await holdsAny(vault, restoreKeys(name).directory))) return { store: vault, isEmpty: true };
  const told = `the vault holds a restore named ${name} already: the results and the log of this one are in the state`;
  if (lease.attempt === 1) report.warn(told);
  else report.log.info(told);
  return { store: reportsBeside(run), isEmpty: false };
}

async function holdsAny(vault: ObjectStore, directory: string): Promise<boolean> {
  for await (const page of vault.list(directory, { pageSize: 1 })) if (page.objects.length > 0) return true;
  return false;
}
