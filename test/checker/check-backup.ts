import { checkArchive } from './check-archive';
import { checkManifest } from './check-manifest';
import { checkAgainstArchive } from './check-resource-list';
import {
  checkList,
  checkLog,
  checkResourceList,
  checkResults,
  isEndedOperation,
  isNativeSnapshot,
  isPodVolumeBackup,
  messagesIn,
} from './check-side-files';
import { checkVolumes, isVolumeInfo } from './check-volumes';
import { readArchive } from './read-archive';
import { readGzip, readGzipJson } from './read-gzip';
import { type Breach, type Require, type Rule, requireIn } from './rules';
import { at, isFields } from './shapes';
import type { VaultView } from './vault-view';

const nameForm = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const csiSuffixes = [
  '-csi-volumesnapshots.json.gz',
  '-csi-volumesnapshotcontents.json.gz',
  '-csi-volumesnapshotclasses.json.gz',
];

/** Every breach in one backup. `keys` are those of the whole vault. Files that Velero does not know are let be. */
export async function checkBackup(
  vault: VaultView,
  name: string,
  keys: readonly string[],
): Promise<Breach[]> {
  const breaches: Breach[] = [];
  const directory = `backups/${name}/`;
  const manifestKey = `${directory}velero-backup.json`;
  const key = (suffix: string) => `${directory}${name}${suffix}`;
  const present = new Set(keys);
  requireIn(breaches, directory)(nameForm.test(name), 'backup-name', name);
  const inManifest = requireIn(breaches, manifestKey);
  if (!inManifest(present.has(manifestKey), 'manifest-present', 'none')) return breaches;
  const manifest = checkManifest(name, await vault.get(manifestKey), inManifest);
  const status = isFields(manifest?.status) ? manifest.status : {};

  /** A file that is always there. */
  async function file<T>(
    suffix: string,
    read: (bytes: Buffer, require: Require) => T,
  ): Promise<T | undefined> {
    const require = requireIn(breaches, key(suffix));
    if (!require(present.has(key(suffix)), 'file-present', 'none')) return undefined;
    return read(await vault.get(key(suffix)), require);
  }
  const json = <T>(suffix: string, read: (value: unknown, require: Require) => T) =>
    file(suffix, (bytes, require) => {
      const value = readGzipJson(bytes, require);
      return value === undefined ? undefined : read(value, require);
    });
  const list = async (suffix: string, rule: Rule, right: Parameters<typeof checkList>[3]) =>
    (await json(suffix, (value, require) => checkList(value, rule, require, right))) ?? [];

  const results = await json('-results.gz', checkResults);
  const resourceList = await json('-resource-list.json.gz', checkResourceList);
  const volumeInfo = await list('-volumeinfo.json.gz', 'volume-info-shape', isVolumeInfo);
  const operations = await list('-itemoperations.json.gz', 'item-operations-shape', isEndedOperation);
  const snapshots = await list('-volumesnapshots.json.gz', 'volume-snapshots-shape', isNativeSnapshot);
  await list('-podvolumebackups.json.gz', 'pod-volume-backups-shape', isPodVolumeBackup);
  for (const suffix of csiSuffixes)
    if (present.has(key(suffix))) await list(suffix, 'csi-files-shape', (one) => isFields(one.metadata));
  const levels = await file('-logs.gz', (bytes, require) => {
    const text = readGzip(bytes, require);
    return text && checkLog(text.toString('utf8'), require);
  });
  const archiveKey = requireIn(breaches, key('.tar.gz'));
  const entries = await file('.tar.gz', readArchive);
  const items = entries && checkArchive(entries, archiveKey);

  const errors = Number(status.errors ?? 0);
  const warnings = Number(status.warnings ?? 0);
  if (results) {
    const found = { errors: messagesIn(results.errors), warnings: messagesIn(results.warnings) };
    inManifest(found.errors === errors, 'count-errors', `${errors}, in the results ${found.errors}`);
    inManifest(
      found.warnings === warnings,
      'count-warnings',
      `${warnings}, in the results ${found.warnings}`,
    );
  }
  if (levels) {
    const right = levels.error === errors && levels.warning === warnings;
    inManifest(right, 'log-counts', `in the log ${levels.error} errors, ${levels.warning} warnings`);
  }
  if (resourceList) {
    const entriesListed = Object.values(resourceList).flat().length;
    for (const field of ['totalItems', 'itemsBackedUp']) {
      const said = Number(at(status, 'progress', field) ?? 0);
      inManifest(said === entriesListed, 'count-items', `${field} ${said}, listed ${entriesListed}`);
    }
    if (items)
      checkAgainstArchive(resourceList, items, errors, requireIn(breaches, key('-resource-list.json.gz')));
  }
  const attempted = Number(status.backupItemOperationsAttempted ?? 0);
  inManifest(
    attempted === operations.length,
    'count-operations',
    `${attempted}, listed ${operations.length}`,
  );
  const taken = Number(status.volumeSnapshotsAttempted ?? 0);
  inManifest(taken === snapshots.length, 'count-snapshots', `${taken}, listed ${snapshots.length}`);
  const csi = Number(status.csiVolumeSnapshotsAttempted ?? 0);
  const csiListed = volumeInfo.filter(
    (one) => isFields(one.csiSnapshotInfo) && one.snapshotDataMoved === false,
  ).length;
  inManifest(csi === csiListed, 'count-snapshots', `csi ${csi}, listed ${csiListed}`);
  if (items) checkVolumes(volumeInfo, items, requireIn(breaches, key('-volumeinfo.json.gz')));
  return breaches;
}
