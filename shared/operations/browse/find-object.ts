import type { KubeObject } from '../../platform/kubernetes/kube-object';
import { LifeboatError } from '../../platform/errors';
import { placeName } from '../../formats/manifests/object-name';
import { parseItem } from '../restore/document/archived-object';
import type { OpenedBackup } from './opened-backup';

/** An object as a person names it: `deploy`, `shop`, `web`. */
export interface WantedObject {
  resource: string;
  namespace?: string;
  name: string;
}

export interface FoundObject {
  /** `deployments.apps`. */
  groupResource: string;
  object: KubeObject;
}

/** One object of a backup, reading its part of an archive of ours only; undefined when it is not in it. */
export async function findObject(
  backup: OpenedBackup,
  { resource, namespace, name }: WantedObject,
): Promise<FoundObject | undefined> {
  for (const groupResource of await backup.resources(resource)) {
    const item = await backup.contents.item({ groupResource, namespace, name });
    if (item) return { groupResource, object: parseItem(item) };
  }
  return undefined;
}

/** As `findObject`; throws `not-found` naming object and backup. */
export async function requireObject(backup: OpenedBackup, wanted: WantedObject): Promise<FoundObject> {
  const found = await findObject(backup, wanted);
  if (found) return found;
  throw new LifeboatError(
    'not-found',
    `backup ${backup.name} holds no ${wanted.resource} ${placeName(wanted)}`,
    {
      hint: `see what it holds with \`lifeboat backup tree ${backup.name}\``,
    },
  );
}
