import { objectName, placeName } from '../../formats/manifests/object-name';
import type { ObjectStore } from '../../platform/oss/port';
import { parseDocument } from '../restore/document/document';
import { readBackup } from '../../formats/vault/backup-manifest';
import { openContents } from '../../formats/vault/archive/contents';
import { listedResources } from './listed-resources';

/** The objects of one kind in one namespace, or of the cluster. */
export interface TreeKind {
  /** `v1`, `apps/v1`. */
  apiVersion: string;
  kind: string;
  /** Sorted. */
  objects: string[];
}

/** What a backup holds. */
export interface BackupTree {
  objects: number;
  namespaces: { name: string; objects: number; kinds: TreeKind[] }[];
  clusterScoped: { objects: number; kinds: TreeKind[] };
}

/**
 * What a backup of ours or of any Velero holds, namespace by namespace, kind by kind. Read from its list of resources; of a
 * backup without one, from the archive.
 * @throws LifeboatError `not-found`, `corrupt`
 */
export async function backupTree(
  vault: ObjectStore,
  name: string,
  options: { temporaryDirectory: string },
): Promise<BackupTree> {
  await readBackup(vault, name);
  const listed = await listedResources(vault, name);
  return treeOf(listed ?? (await listOfArchive(vault, name, options.temporaryDirectory)));
}

/** `apps/v1/Deployment` → `shop/web`, as Velero lists resources. */
type Lists = Record<string, readonly string[]>;

function treeOf(lists: Lists): BackupTree {
  const namespaces = new Map<string, TreeKind[]>();
  const clusterScoped: TreeKind[] = [];
  for (const [type, names] of Object.entries(lists)) {
    const slash = type.lastIndexOf('/');
    const [apiVersion, kind] = [type.slice(0, slash), type.slice(slash + 1)];
    for (const [namespace, objects] of byNamespace(names)) {
      const kinds = namespace === '' ? clusterScoped : (namespaces.get(namespace) ?? []);
      if (namespace !== '') namespaces.set(namespace, kinds);
      kinds.push({ apiVersion, kind, objects: objects.sort() });
    }
  }
  const branches = [...namespaces]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, kinds]) => ({ name, objects: count(kinds), kinds: sorted(kinds) }));
  const objects = branches.reduce((sum, branch) => sum + branch.objects, count(clusterScoped));
  return {
    objects,
    namespaces: branches,
    clusterScoped: { objects: count(clusterScoped), kinds: sorted(clusterScoped) },
  };
}

function byNamespace(names: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const text of names) {
    const slash = text.indexOf('/');
    const [namespace, name] = slash < 0 ? ['', text] : [text.slice(0, slash), text.slice(slash + 1)];
    const objects = found.get(namespace);
    if (objects) objects.push(name);
    else found.set(namespace, [name]);
  }
  return found;
}

function sorted(kinds: TreeKind[]): TreeKind[] {
  const key = ({ kind, apiVersion }: TreeKind) => `${kind} ${apiVersion}`;
  return kinds.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function count(kinds: readonly TreeKind[]): number {
  return kinds.reduce((sum, { objects }) => sum + objects.length, 0);
}

async function listOfArchive(vault: ObjectStore, name: string, temporaryDirectory: string): Promise<Lists> {
  const contents = await openContents(vault, name, { temporaryDirectory });
  const lists: Record<string, string[]> = {};
  try {
    await contents.check((item) => {
      const { apiVersion, kind } = parseDocument(item.body, objectName(item));
      const type = `${apiVersion}/${kind}`;
      lists[type] ??= [];
      lists[type].push(placeName(item));
    });
  } finally {
    await contents.close();
  }
  return lists;
}
