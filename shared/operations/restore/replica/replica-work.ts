import type { ArchivedItem, BackupContents, ItemRef } from '../../../formats/vault/archive-types';
import { PathSet } from '../../../formats/vault/untrusted/path-set';
import type { Target } from '../target/target';
import { placeOf } from '../convert/copy-place';
import { parseItem } from '../document/archived-object';
import type { Report } from '../report/report';
import { isOfHome, leavingOut, reasonToLeaveOut } from './leave-out';
import type { Replica } from './replica';

/** A replica while it is worked on. */
export interface ReplicaWork {
  replica: Replica;
  /** Everything that the source has, by `placeOf`, whether it is restored or not. */
  present: PathSet;
}

/**
 * The contents as a replica sees them; what is left out is in the report, and what is there in `present`. A second reading
 * is of `again`, which reports nothing.
 * @param held gets every object in the first reading, also those that are left out
 */
export function replicaContents(
  contents: BackupContents,
  replica: Replica,
  target: Target,
  report: Report,
  held: (item: ItemRef) => void,
): { contents: BackupContents; again: BackupContents; work: ReplicaWork } {
  const present = new PathSet();
  const told = new Set<string>();
  const served = (name: string) => target.versions(name);
  const seen = (item: ArchivedItem, reason: string | undefined) => {
    present.add(placeOf(item));
    held(item);
    if (reason === undefined) return;
    const { groupResource, namespace, name } = item;
    const { apiVersion = '', kind = '' } = parseItem(item);
    report.outcome({ groupResource, apiVersion, kind, namespace, name }, 'skipped', reason);
    if (!isOfHome(replica, item)) return;
    const home = namespace ?? name;
    if (!told.has(home)) report.warn(`nothing of namespace ${home} of the backup is restored: ${reason}`, '');
    told.add(home);
  };
  const reasonFor = (item: ArchivedItem) => reasonToLeaveOut(replica, item, served);
  return {
    contents: leavingOut(contents, reasonFor, seen),
    again: leavingOut(contents, reasonFor, () => {}),
    work: { replica, present },
  };
}
