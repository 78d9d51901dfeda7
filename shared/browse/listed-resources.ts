import { isKind } from '../errors';
import type { ResourceList } from '../manifests/velero';
import type { ObjectStore } from '../store/port';
import { backupKeys } from '../vault/layout';
import { resourceList } from '../vault/side-files/side-file-shapes';
import { gunzipJson } from '../vault/side-files/side-files';

/**
 * The list of resources that lies beside a backup: `apps/v1/Deployment` → `shop/web`. Undefined where there is none, or it
 * cannot be read: then the archive tells.
 */
export async function listedResources(vault: ObjectStore, name: string): Promise<ResourceList | undefined> {
  const key = backupKeys(name).resourceList;
  try {
    return resourceList(key, gunzipJson(key, (await vault.get(key)).body));
  } catch (error) {
    if (isKind(error, 'not-found') || isKind(error, 'corrupt')) return undefined;
    throw error;
  }
}
