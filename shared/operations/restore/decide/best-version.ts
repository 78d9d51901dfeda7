import type { ApiResource } from '../../../platform/kubernetes/api-resource';
import { parseItem } from '../document/archived-object';
import type { BackupContents, PickVersion, StoredVersions } from '../../../formats/vault/archive-types';

/**
 * Of the versions in which a backup stores the objects of a resource the one to restore: that which the target prefers, else
 * the one that the source preferred where the target serves it, else the first of the target's (Velero's order with
 * EnableAPIGroupVersions, pkg/restore/prioritize_group_version.go). Undefined for the copy that a restore reads by itself: converted where the target
 * serves none of them.
 *
 * @param served the versions of the target, in its order of preference
 */
export function bestVersion(
  { preferred, others }: StoredVersions,
  served: readonly Pick<ApiResource, 'version' | 'preferred'>[],
): string | undefined {
  const favourite = served.find((one) => one.preferred)?.version;
  if (favourite !== undefined && others.has(favourite)) return favourite;
  if (served.some(({ version }) => version === preferred)) return undefined;
  return served.find(({ version }) => others.has(version))?.version;
}

/**
 * The contents of a backup with each object in the best version that the target serves when it is asked for: definitions
 * that are restored first count too.
 */
export function inBestVersions(
  contents: BackupContents,
  served: (groupResource: string) => readonly ApiResource[],
): BackupContents {
  const pick: PickVersion = (groupResource, stored) => bestVersion(stored, served(groupResource));
  return {
    get warnings() {
      return contents.warnings;
    },
    // A copy in another version may be the one that is restored: it is judged before anything is written.
    check: (visit) => contents.check(visit, (item) => void parseItem(item)),
    items: (groupResources) => contents.items(groupResources, pick),
    item: (ref) => contents.item(ref, pick),
    close: () => contents.close(),
  };
}
