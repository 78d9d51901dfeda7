import { isKind } from '../platform/errors';
import type { ManifestFolder } from '../formats/state/manifests/manifest-folder';

/** Throws `not-found` when there is no such manifest. One that cannot be read is there: it must be possible to delete it. */
export async function assertExists<T>(folder: ManifestFolder<T>, name: string): Promise<void> {
  try {
    await folder.get(name);
  } catch (error) {
    if (!isKind(error, 'invalid') && !isKind(error, 'corrupt')) throw error;
  }
}
