import type { Clock, Random } from '../../platform/clock';
import type { Discovery } from '../../platform/kubernetes/api-resource';
import type { BackupRequest, RunResult } from '../../formats/manifests/run';
import type { BackupSpec, BackupVolumeInfo } from '../../formats/manifests/velero';
import type { Lease } from '../../formats/state/leases/lease-types';
import type { ArchiveMember } from '../../formats/vault/archive-types';
import type { CataloguedObject } from '../../formats/vault/side-files/catalogue';
import { sealedBackup } from '../../formats/vault/proof/backup-seal';
import { backupKeys } from '../../formats/vault/layout';
import { proofOf } from '../../formats/vault/side-files/object-proof';
import type { ResultsCollector } from '../../formats/vault/side-files/results';
import type { RunLog } from '../../formats/vault/side-files/run-log';
import { backupSideFiles, catalogueFile, type SideFile } from '../../formats/vault/side-files/side-files';
import { veleroBackup } from '../../formats/vault/velero-backup';
import type { StoredItems } from './stored-items';

export interface FinishedCapture {
  request: BackupRequest;
  /** As checked, with defaults. */
  spec: BackupSpec;
  installation: string;
  discovery: Discovery;
  clusterUid: string;
  stored: StoredItems;
  archive: CataloguedObject & { members: ArchiveMember[] };
  volumeInfo: BackupVolumeInfo[];
  log: RunLog;
  results: ResultsCollector;
  lease: Lease;
  started: Date;
  clock: Clock;
  random: Random;
}

/** The final bytes of everything in a backup but its archive, and the outcome that they tell. Nothing may be logged after. */
export async function finishedFiles(finished: FinishedCapture): Promise<{
  sideFiles: SideFile[];
  manifest: Buffer;
  result: RunResult;
}> {
  const { request, spec, stored, archive, results, started, discovery } = finished;
  const { name, labels, annotations } = request.metadata;
  const ended = finished.clock.now();
  const { errors, warnings } = results.counts;
  const phase = errors > 0 ? 'PartiallyFailed' : 'Completed';

  const sideFiles = await backupSideFiles(name, {
    logs: finished.log.gzip(),
    results: results.results(),
    resourceList: stored.resourceList,
    volumeInfo: finished.volumeInfo,
  });
  const { size, sha256, crc64 } = archive;
  const objects = Object.fromEntries([
    [backupKeys(name).archive, { size, sha256, crc64 }],
    ...sideFiles.map(({ key, bytes }) => [key, proofOf(bytes)] as const),
  ]);
  const catalogue = await catalogueFile(name, {
    kind: 'Catalogue',
    format: 1,
    installation: finished.installation,
    clusterUid: finished.clusterUid,
    cluster: request.cluster,
    serverVersion: discovery.serverVersion.gitVersion,
    apiVersions: stored.apiVersions,
    objects,
    members: archive.members,
    counts: stored.counts,
  });
  const backup = veleroBackup({
    name,
    uid: uuid(finished.random),
    labels: { ...labels, ...(request.schedule ? { 'velero.io/schedule-name': request.schedule.name } : {}) },
    annotations,
    spec,
    storageLocation: request.vault,
    serverVersion: discovery.serverVersion,
    startTimestamp: started,
    completionTimestamp: ended,
    phase,
    errors,
    warnings,
    items: stored.total,
    // Of a schedule's backup rules decide, the newest one's at the least: a real Velero must not delete it by its TTL.
    expires: request.schedule === undefined && request.hold === undefined,
  });
  return {
    sideFiles: [...sideFiles, catalogue],
    manifest: sealedBackup(backup, catalogue.bytes),
    result: {
      kind: 'RunResult',
      phase,
      startTimestamp: started.toISOString(),
      completionTimestamp: ended.toISOString(),
      errors,
      warnings,
      counts: { items: stored.total },
      attempts: finished.lease.attempt,
    },
  };
}

/** RFC 9562, version 4. */
function uuid(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
