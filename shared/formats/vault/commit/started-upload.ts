import type { ObjectStore, Upload } from '../../../platform/oss/port';

/** `attempt-<n>/upload-<id>`: an empty object whose name is all it says, so that one listing reads it. */
const pattern = /^attempt-[1-9]\d*\/upload-(.+)$/;

/**
 * Writes down in a run's state which multipart upload an attempt has begun, so that it can be told from those of others when
 * it is left behind.
 * @param run bound to `runs/backups/<name>/`
 */
export async function noteUpload(
  run: ObjectStore,
  attempt: number,
  { id }: Pick<Upload, 'id'>,
): Promise<void> {
  await run.create(`attempt-${attempt}/upload-${id}`, Buffer.from('{}'));
}

/** The ids of all uploads that a run's attempts have begun. */
export async function startedUploads(run: ObjectStore): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const page of run.list('attempt-')) {
    for (const { key } of page.objects) {
      const id = pattern.exec(key)?.[1];
      if (id !== undefined) ids.add(id);
    }
  }
  return ids;
}
