import type { BackupRequest, CommittedFacts } from '../../manifests/run';
import { backupKeys } from '../layout';
import type { CommitRecord } from './commit-record';
import type { PlacedBackup } from './replay-commit';

/**
 * What the outcome of a run keeps of its backup.
 * @param clusterUid as its catalogue has it; absent where the caller did not write that
 */
export function committedFacts(
  { record, at, etags }: PlacedBackup,
  request: BackupRequest,
  clusterUid?: string,
): CommittedFacts {
  const facts = factsOfCommit(record, at, request);
  const keys = backupKeys(record.backup);
  const etag = (key: string) => (etags.has(key) ? { etag: etags.get(key)! } : {});
  return {
    ...facts,
    archive: { ...facts.archive, ...etag(keys.archive) },
    catalogue: {
      ...facts.catalogue,
      ...etag(keys.catalogue),
      ...(clusterUid !== undefined && { clusterUid }),
    },
  };
}

/** The same of a run whose outcome says nothing about it: an earlier release wrote it, or it has none yet. */
export function factsOfCommit(
  { backup, archive, files, manifest, adopted }: CommitRecord,
  at: Date,
  { vault, cluster, schedule }: BackupRequest,
): CommittedFacts {
  const catalogue = files.find(({ key }) => key === backupKeys(backup).catalogue);
  return {
    committedAt: adopted?.madeAt ?? at.toISOString(),
    vault,
    cluster,
    ...(schedule && { schedule }),
    manifest: { sha256: manifest.sha256 },
    archive: { size: archive.size, crc64: archive.crc64 },
    // Without one nothing has this digest.
    catalogue: { sha256: catalogue?.sha256 ?? '' },
  };
}
