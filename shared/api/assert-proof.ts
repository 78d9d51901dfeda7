import { LifeboatError } from '../platform/errors';
import { type Caller, mayAs } from './caller';

/** Only the role `admin` takes a backup that cannot be proved. Throws LifeboatError `denied`. */
export function assertMayTake(unproved: string | undefined, { role }: Pick<Caller, 'role'>): void {
  if (unproved === undefined || mayAs(role, 'admin')) return;
  throw new LifeboatError('denied', `the role ${role} may not take backup "${unproved}" without proof`, {
    hint: 'it takes the role admin; leave out `unproved` for a backup that is proved',
  });
}

/** Only the role `admin` names snapshots: a handle opens any that the cluster's driver can see. Throws LifeboatError `denied`. */
export function assertMayName(
  snapshotHandles: Readonly<Record<string, string>> | undefined,
  { role }: Pick<Caller, 'role'>,
): void {
  if (snapshotHandles === undefined || mayAs(role, 'admin')) return;
  throw new LifeboatError('denied', `the role ${role} may not name handles of snapshots`, {
    hint: 'it takes the role admin; leave out `snapshotHandles` for a backup that this installation made',
  });
}
