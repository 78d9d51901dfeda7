import { checkList, checkResults } from './check-side-files';
import { readGzip, readGzipJson } from './read-gzip';
import { type Breach, requireIn } from './rules';
import { isFields, isTexts } from './shapes';
import type { VaultView } from './vault-view';

/** Every breach in the records of one restore. */
export async function checkRestore(
  vault: VaultView,
  name: string,
  keys: readonly string[],
): Promise<Breach[]> {
  const breaches: Breach[] = [];
  const directory = `restores/${name}/`;
  // Of these the volume info alone has no `restore-` before it.
  const log = `${directory}restore-${name}-logs.gz`;
  const results = `${directory}restore-${name}-results.gz`;
  const list = `${directory}restore-${name}-resource-list.json.gz`;
  const operations = `${directory}restore-${name}-itemoperations.json.gz`;
  const volumeInfo = `${directory}${name}-volumeinfo.json.gz`;
  for (const key of [log, results, list, operations, volumeInfo])
    requireIn(breaches, key)(keys.includes(key), 'restore-names', 'none');
  for (const key of keys.filter((one) => one.startsWith(directory))) {
    const inFile = requireIn(breaches, key);
    /** Whatever is wrong with a file of a restore is one rule. */
    const broken = (ok: boolean, _rule: unknown, found: string) => inFile(ok, 'restore-files', found);
    const bytes = await vault.get(key);
    if (key === log) readGzip(bytes, broken);
    else if ([results, operations, volumeInfo, list].includes(key)) {
      const json = readGzipJson(bytes, broken);
      if (json === undefined) continue;
      if (key === results) checkResults(json, broken);
      else if (key !== list) checkList(json, 'restore-files', broken, isFields);
      else inFile(isOutcomeList(json), 'restore-list', 'something else');
    }
  }
  return breaches;
}

function isOutcomeList(json: unknown): boolean {
  return (
    isFields(json) &&
    Object.values(json).every(
      (names) => isTexts(names) && names.every((name) => /\((created|updated|failed|skipped)\)$/.test(name)),
    )
  );
}
