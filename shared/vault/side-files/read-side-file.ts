import type { ResourceList, Results } from '../../manifests/velero';
import type { ObjectStore } from '../../store/port';
import { resourceList, results } from './side-file-shapes';
import { readGzippedJson } from './gzipped-json';

/** A `-results.gz`, of a backup or a restore. @throws LifeboatError `not-found`; `corrupt` naming it */
export async function readResults(vault: ObjectStore, key: string): Promise<Results> {
  return results(key, await readGzippedJson(vault, key));
}

/** A `-resource-list.json.gz`, of a backup or a restore. @throws LifeboatError `not-found`; `corrupt` naming it */
export async function readResourceList(vault: ObjectStore, key: string): Promise<ResourceList> {
  return resourceList(key, await readGzippedJson(vault, key));
}
