import type { ApiResource } from '../../../platform/kubernetes/api-resource';
import type { ArchivedItem, BackupContents, ItemRef } from '../../../formats/vault/archive-types';
import { rightsGroups } from '../../../formats/manifests/rights-groups';
import { tokenSecretType } from '../../../formats/manifests/token-secret';
import { parseItem } from '../document/archived-object';
import { movedTo } from '../convert/moved';
import { originsOf } from './marks';
import { originAnnotation } from '../transform/mark-names';
import type { Replica } from './replica';

/** Types of Secrets that are credentials of the target itself. */
const tokenTypes: ReadonlySet<unknown> = new Set([tokenSecretType, 'bootstrap.kubernetes.io/token']);

/**
 * Why a replication leaves an object out whatever its rule selects: it came from the target itself, or nobody signed the
 * backup and the object is cluster-scoped, gives rights, is a token, or would go where an account of Lifeboat lies.
 *
 * @param served every version in which the target serves a group-resource: whether a kind is cluster-scoped is the target's
 * word, not that of a path in the archive
 */
export function reasonToLeaveOut(
  replica: Replica,
  item: ArchivedItem,
  served: (groupResource: string) => readonly ApiResource[],
): string | undefined {
  if (item.body.includes(originAnnotation) && originsOf(parseItem(item)).includes(replica.targetUid)) {
    return 'it came from this cluster';
  }
  const { unsignedResources } = replica;
  if (unsignedResources === undefined) return undefined;
  if (isOfHome(replica, item)) {
    return 'it would go into a namespace that is kept for accounts of Lifeboat, and nobody signed the backup';
  }
  // The target fills the first kind with a token of the account that it names, and takes the second as a login of a node.
  // A list of resources cannot ask for them: to ask for Secrets is not to ask for tokens.
  if (item.groupResource === 'secrets' && tokenTypes.has(parseItem(item).type)) {
    return 'it asks for a token of an account or is one, and nobody signed the backup';
  }
  const names = new Set([item.groupResource, movedTo(item.groupResource)]);
  if ([...names].some((name) => unsignedResources.includes(name))) return undefined;
  for (const name of names) {
    if (rightsGroups.has(name.slice(name.indexOf('.') + 1)))
      return 'it gives rights, and nobody signed the backup';
    if (item.namespace === undefined || served(name).some((one) => !one.namespaced)) {
      return 'it is cluster-scoped, and nobody signed the backup';
    }
  }
  return undefined;
}

/** Whether an object of a backup that nobody signed would go where the target has an account of Lifeboat. */
export function isOfHome(
  { unsignedResources, homeNamespaces = [] }: Replica,
  { groupResource, namespace, name }: ItemRef,
): boolean {
  const source = groupResource === 'namespaces' ? name : namespace;
  return unsignedResources !== undefined && source !== undefined && homeNamespaces.includes(source);
}

/** The contents of a backup without what is left out. `seen` is told of every object in the first reading, with the reason. */
export function leavingOut(
  contents: BackupContents,
  reasonFor: (item: ArchivedItem) => string | undefined,
  seen: (item: ArchivedItem, reason: string | undefined) => void,
): BackupContents {
  return {
    get warnings() {
      return contents.warnings;
    },
    check: (visit) =>
      contents.check(async (item) => {
        const reason = reasonFor(item);
        seen(item, reason);
        if (reason === undefined) await visit(item);
      }),
    async *items(groupResources, pick) {
      for await (const item of contents.items(groupResources, pick)) {
        if (reasonFor(item) === undefined) yield item;
      }
    },
    async item(ref: ItemRef, pick) {
      const item = await contents.item(ref, pick);
      return item && reasonFor(item) === undefined ? item : undefined;
    },
    close: () => contents.close(),
  };
}
