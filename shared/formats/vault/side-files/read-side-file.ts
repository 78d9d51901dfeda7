import { isKind } from '../../../platform/errors';
import type { ResourceList, Results } from '../../manifests/velero';
import type { ObjectStore } from '../../../platform/oss/port';
import { absentFile } from './absent-file';
import { readGzippedJson } from './gzipped-json';
import { resourceList, results } from '../untrusted/side-file-shapes';

/** A `-results.gz`, of a backup or a restore. @throws LifeboatError `not-found` when there are none; `corrupt` naming it */
export async function readResults(vault: ObjectStore, key: string): Promise<Results> {
  return results(key, await readJsonFile(vault, key, 'results'));
}

/** A `-resource-list.json.gz`, of a backup or a restore. @throws LifeboatError `not-found` when there is none; `corrupt` naming it */
export async function readResourceList(vault: ObjectStore, key: string): Promise<ResourceList> {
  return resourceList(key, await readJsonFile(vault, key, 'resource list'));
}

async function readJsonFile(vault: ObjectStore, key: string, what: string): Promise<unknown> {
  try {
    return await readGzippedJson(vault, key);
  } catch (error) {
    throw isKind(error, 'not-found') ? absentFile(vault, key, what, error) : error;
  }
}
