import { isKind, isUnreadable } from '../../platform/errors';
import type { ResourceList } from '../../formats/manifests/velero';
import type { ObjectStore } from '../../platform/oss/port';
import { backupKeys } from '../../formats/vault/layout';
import { resourceList } from '../../formats/vault/untrusted/side-file-shapes';
import { readGzippedJson } from '../../formats/vault/side-files/gzipped-json';

/**
 * The list of resources that lies beside a backup: `apps/v1/Deployment` → `shop/web`. Undefined where there is none, or it
 * cannot be read: then the archive tells.
 */
export async function listedResources(vault: ObjectStore, name: string): Promise<ResourceList | undefined> {
  const key = backupKeys(name).resourceList;
  try {
    return resourceList(key, await readGzippedJson(vault, key));
  } catch (error) {
    if (isKind(error, 'not-found') || isUnreadable(error)) return undefined;
    throw error;
  }
}
