import type { ListedObject, ObjectStore } from '../../platform/oss/port';
import { backups, backupKeys } from './layout';

/** What a listing tells of one directory under `backups/`. */
export interface BackupDirectory {
  name: string;
  /** Of all its objects. */
  bytes: number;
  /** `velero-backup.json`; absent while it is being written or deleted. */
  manifest?: ListedObject;
  archive?: ListedObject;
  /** Ours alone. */
  catalogue?: ListedObject;
  /** Ours alone. */
  signature?: ListedObject;
}

export interface DirectoryPage {
  directories: BackupDirectory[];
  /** OSS's time of the listing. */
  date: Date;
}

/**
 * The backups' directories in the order of their keys (`a-b/` before `a/`), about 100 a page. Costs a request a page.
 * @param after a name; only directories behind its own
 */
export async function* backupDirectories(
  vault: ObjectStore,
  after?: string,
): AsyncGenerator<DirectoryPage, void> {
  let open: BackupDirectory | undefined;
  let date = new Date(0);
  // No file of a directory is called so late.
  const start = after === undefined ? undefined : `${backups}${after}/~`;
  for await (const page of vault.list(backups, { pageSize: 1000, after: start })) {
    const directories: BackupDirectory[] = [];
    date = page.date;
    for (const object of page.objects) {
      const name = object.key.slice(backups.length).split('/')[0] ?? '';
      // Loose objects and placeholders of directories are no backups.
      if (object.key === `${backups}${name}` || name === '') continue;
      if (open && open.name !== name) directories.push(open);
      if (open?.name !== name) open = { name, bytes: 0 };
      note(open, object);
    }
    yield { directories, date };
  }
  if (open) yield { directories: [open], date };
}

/** The directory of one backup. One listing; an empty one is like one that is not there. */
export async function backupDirectory(vault: ObjectStore, name: string): Promise<BackupDirectory> {
  const directory: BackupDirectory = { name, bytes: 0 };
  for await (const page of vault.list(backupKeys(name).directory))
    for (const object of page.objects) note(directory, object);
  return directory;
}

function note(directory: BackupDirectory, object: ListedObject): void {
  const { manifest, archive, catalogue, signature } = backupKeys(directory.name);
  directory.bytes += object.size;
  if (object.key === manifest) directory.manifest = object;
  else if (object.key === archive) directory.archive = object;
  else if (object.key === catalogue) directory.catalogue = object;
  else if (object.key === signature) directory.signature = object;
}
