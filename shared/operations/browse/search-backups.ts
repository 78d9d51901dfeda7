import pLimit from 'p-limit';
import type { KubeObject } from '../../platform/kubernetes/kube-object';
import { messageOf } from '../../platform/errors';
import { type FieldChange, fieldDiff } from '../../formats/manifests/modifiers/field-diff';
import { placeName } from '../../formats/manifests/object-name';
import { withoutSecretValues } from '../../formats/manifests/modifiers/secret-values';
import type { ObjectStore } from '../../platform/oss/port';
import type { ProvedBackup } from '../origin/prove-backup';
import { type ListedBackup, listBackups } from '../../formats/vault/backups';
import { asWritten } from './as-written';
import { findObject, type WantedObject } from './find-object';
import { listedResources } from './listed-resources';
import { objectDigest } from './object-digest';
import { openedBackup } from './opened-backup';

/** One content of the object, and the backups that hold it. */
interface ObjectVersion {
  /** First 12 hexadecimal digits of its SHA-256, but of a Secret a keyed hash's. */
  id: string;
  /** Newest first. */
  backups: { name: string; startTimestamp?: string }[];
  /** How it differs from the version before it in time; a Secret's values are keyed hashes. Absent of the oldest. */
  changes?: FieldChange[];
}

export interface ObjectHistory {
  /** Newest first, each distinct content once. */
  versions: ObjectVersion[];
  /** Backups that hold no such object. */
  without: string[];
  /** Backups that cannot be looked into, with the reason. */
  unreadable: { name: string; reason: string }[];
}

export interface SearchOptions {
  /** Proves the origin of a backup, and gives the vault that it is read from; one that it throws for is unreadable. */
  open(backup: string): Promise<ProvedBackup>;
  temporaryDirectory: string;
  /** Keys the hashes of a Secret's values: 32 random bytes that go with this search. */
  secretKey: Buffer;
  progress?: (done: number, total: number) => void;
}

/** Backups looked into at once. */
const atOnce = 4;

/**
 * Where an object looked how: every backup of a vault is looked into, ours by the member of the archive that holds it, and a
 * backup whose list of resources does not name it not at all. What servers give objects makes no version of its own.
 */
export async function searchBackups(
  vault: ObjectStore,
  wanted: WantedObject,
  options: SearchOptions,
): Promise<ObjectHistory> {
  const history: ObjectHistory = { versions: [], without: [], unreadable: [] };
  const backups: ListedBackup[] = [];
  for await (const page of listBackups(vault)) {
    backups.push(...page.backups);
    for (const { name, problem } of page.unreadable) history.unreadable.push({ name, reason: problem });
  }
  backups.sort((a, b) => ((a.startTimestamp ?? '') < (b.startTimestamp ?? '') ? 1 : -1));
  const limit = pLimit(atOnce);
  let done = 0;
  const found = await Promise.all(
    backups.map((backup) =>
      limit(async () => {
        const result = await look(backup.name, wanted, options);
        done += 1;
        options.progress?.(done, backups.length);
        return { backup, ...result };
      }),
    ),
  );
  const versions = new Map<string, { version: ObjectVersion; object: KubeObject }>();
  for (const { backup, object, reason } of found) {
    if (reason !== undefined) history.unreadable.push({ name: backup.name, reason });
    else if (!object) history.without.push(backup.name);
    else {
      const id = objectDigest(object).toString('hex').slice(0, 12);
      const known = versions.get(id) ?? { version: { id, backups: [] }, object };
      versions.set(id, known);
      const { name, startTimestamp } = backup;
      known.version.backups.push({ name, ...(startTimestamp !== undefined && { startTimestamp }) });
    }
  }
  const inOrder = [...versions.values()];
  history.versions = inOrder.map(({ version, object }, index) => {
    const older = inOrder[index + 1];
    return older ? { ...version, changes: fieldDiff(older.object, object) } : version;
  });
  return history;
}

async function look(
  name: string,
  wanted: WantedObject,
  { open, temporaryDirectory, secretKey }: SearchOptions,
): Promise<{ object?: KubeObject; reason?: string }> {
  try {
    const { vault, origin } = await open(name);
    if (!(await mayHold(vault, name, wanted))) return {};
    const backup = await openedBackup(vault, name, {
      temporaryDirectory,
      origin,
      // Only the wanted object counts here; where it is the bad one, looking it up throws.
      skipped: () => {},
    });
    try {
      const found = await findObject(backup, wanted);
      return found ? { object: withoutSecretValues(asWritten(found.object), secretKey) } : {};
    } finally {
      await backup.close();
    }
  } catch (error) {
    return { reason: messageOf(error) };
  }
}

/** False when the backup's list of resources names no object of this place, whatever its kind. */
async function mayHold(vault: ObjectStore, name: string, wanted: WantedObject): Promise<boolean> {
  const listed = await listedResources(vault, name);
  if (!listed) return true;
  const place = placeName(wanted);
  return Object.values(listed).some((names) => names.includes(place));
}
