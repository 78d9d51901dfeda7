import type { Clock, Random } from '../../platform/clock';
import type { BackupRequest, RunResult } from '../../formats/manifests/run';
import type { Lease } from '../../formats/state/leases/lease-types';
import type { SnapshotOperation } from '../../formats/state/run/operations';
import { sealedBackup } from '../../formats/vault/proof/backup-seal';
import { backupKeys } from '../../formats/vault/layout';
import { proofOf } from '../../formats/vault/side-files/object-proof';
import type { ResultsCollector } from '../../formats/vault/side-files/results';
import type { RunLog } from '../../formats/vault/side-files/run-log';
import { backupSideFiles, catalogueFile, type SideFile } from '../../formats/vault/side-files/side-files';
import { veleroBackup } from '../../formats/vault/velero-backup';
import { itemOperations } from '../volumes/snapshots/item-operations';
import type { CapturedBackup } from './captured';

export interface FinishedCapture {
  request: BackupRequest;
  installation: string;
  captured: CapturedBackup;
  /** What was made of its snapshots. */
  operations: readonly SnapshotOperation[];
  log: RunLog;
  results: ResultsCollector;
  lease: Pick<Lease, 'attempt'>;
  clock: Clock;
  random: Random;
}

/** The final bytes of everything in a backup but its archive, and the outcome that they tell. Nothing may be logged after. */
export async function finishedFiles(finished: FinishedCapture): Promise<{
  sideFiles: SideFile[];
  manifest: Buffer;
  result: RunResult;
}> {
  const { request, captured, operations, results } = finished;
  const { archive, spec, serverVersion } = captured;
  const { name, labels, annotations } = request.metadata;
  const ended = finished.clock.now();
  const { errors, warnings } = results.counts;
  const phase = errors > 0 ? 'PartiallyFailed' : 'Completed';
  const uid = uuid(finished.random);

  const sideFiles = await backupSideFiles(name, {
    logs: finished.log.gzip(),
    results: results.results(),
    resourceList: captured.resourceList,
    volumeInfo: captured.volumeInfo,
    itemOperations: itemOperations(operations, { name, uid }),
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
    clusterUid: captured.clusterUid,
    cluster: request.cluster,
    serverVersion: serverVersion.gitVersion,
    apiVersions: captured.apiVersions,
    objects,
    members: archive.members,
    counts: captured.counts,
  });
  const backup = veleroBackup({
    name,
    uid,
    labels: { ...labels, ...(request.schedule ? { 'velero.io/schedule-name': request.schedule.name } : {}) },
    annotations,
    spec,
    storageLocation: request.vault,
    serverVersion,
    startTimestamp: captured.startedAt,
    completionTimestamp: ended,
    phase,
    errors,
    warnings,
    items: captured.total,
    hooks: captured.hooks,
    snapshots: { attempted: operations.length, completed: operations.filter(isKept).length },
    // Of a schedule's backup rules decide, the newest one's at the least: a real Velero must not delete it by its TTL.
    expires: request.schedule === undefined && request.hold === undefined,
  });
  return {
    sideFiles: [...sideFiles, catalogue],
    manifest: sealedBackup(backup, catalogue.bytes),
    result: {
      kind: 'RunResult',
      phase,
      startTimestamp: captured.startedAt.toISOString(),
      completionTimestamp: ended.toISOString(),
      errors,
      warnings,
      counts: { items: captured.total },
      attempts: finished.lease.attempt,
    },
  };
}

function isKept({ state }: SnapshotOperation): boolean {
  return state === 'kept';
}

/** RFC 9562, version 4. */
function uuid(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
