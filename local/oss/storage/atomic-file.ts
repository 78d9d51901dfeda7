import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Replaces `path` by `content` in one step: a reader, or a process started after a kill, finds the old bytes or the new
 * ones. `temporary` is a folder on the same file system that is emptied at every start. `synced` is awaited before the
 * rename: what the new content refers to is durable before it is visible.
 */
export async function replaceFile(
  temporary: string,
  path: string,
  content: string,
  synced?: Promise<unknown>,
): Promise<void> {
  const draft = join(temporary, randomBytes(12).toString('hex'));
  try {
    const file = await open(draft, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await synced;
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
