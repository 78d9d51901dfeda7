import type { Cluster } from '../../platform/kubernetes/port';
import type { OriginVerdict } from '../../formats/manifests/origin-verdict';
import type { ObjectStore } from '../../platform/oss/port';
import type { SkippedEntry } from '../../formats/vault/archive/skipped-entries';
import { readBackup } from '../../formats/vault/backup-manifest';
import { openContents } from '../../formats/vault/archive/contents';
import { type BackupDiff, backupSide, diffSides } from './backup-diff';
import { backupTree } from './backup-tree';
import { type DiffScope, diffScope, liveScope } from './diff-scope';
import { liveSide } from './live-side';

/** A backup in a vault. */
export interface BackupPlace {
  /** Bound to the vault's subdirectory. */
  store: ObjectStore;
  name: string;
  /** How its origin was judged. */
  origin: OriginVerdict;
}

interface DiffWork {
  from: BackupPlace;
  scope: DiffScope;
  /** 32 random bytes that go with this diff. */
  secretKey: Buffer;
  /** Of so many changed objects the fields are shown. */
  details: number;
  /** Takes the archives of foreign backups. */
  temporaryDirectory: string;
  /** Takes bad entries of a proved backup, which are not compared. */
  skipped: (backup: string, entry: SkippedEntry) => void;
}

/** What another backup has added, removed and changed. Throws `not-found` or `corrupt` naming the backup. */
export async function diffBackups(work: DiffWork & { to: BackupPlace }): Promise<BackupDiff> {
  const { secretKey, details } = work;
  const [from, to] = [await opened(work.from, work), await opened(work.to, work)];
  try {
    const options = { wants: diffScope(work.scope), secretKey, details };
    return await diffSides(backupSide(from), backupSide(to), options);
  } finally {
    await Promise.all([from.close(), to.close()]);
  }
}

/** What a cluster has now that a backup has not, has no more, and has otherwise. Changes nothing in either. */
export async function diffWithCluster(work: DiffWork & { cluster: Cluster }): Promise<BackupDiff> {
  const { cluster, temporaryDirectory, secretKey, details } = work;
  const { store, name } = work.from;
  const tree = await backupTree(store, name, { temporaryDirectory });
  const { spec } = await readBackup(store, name);
  const { resources } = await cluster.discover({ allVersions: true });
  const from = await opened(work.from, work);
  try {
    const options = { wants: liveScope(tree, spec, work.scope), secretKey, details };
    return await diffSides(backupSide(from), liveSide(cluster, resources, tree), options);
  } finally {
    await from.close();
  }
}

async function opened({ store, name, origin }: BackupPlace, { temporaryDirectory, skipped }: DiffWork) {
  await readBackup(store, name);
  const tell = (entry: SkippedEntry) => skipped(name, entry);
  return openContents(store, name, { temporaryDirectory, origin, skipped: tell });
}
