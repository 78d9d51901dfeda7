import { PresentNames } from '../target/present-names';
import { ControlledObjects } from './controlled-objects';
import type { DeleteGoneWork } from './delete-gone';
import { OwnedObjects } from './owners/owned-objects';
import { OwnerMap } from './owners/owner-map';
import { OwnerSecondPass } from './owners/owner-second-pass';
import { ResourceWait } from './pace/resource-wait';
import { RefusedItems } from './refused/refused-items';
import type { LevelWork } from './restore-level';
import type { NamespacesWork } from './restore-namespaces';
import type { RetryWork } from './retry-refused';

/** What the steps of applying work on. */
export type Applying = NamespacesWork & LevelWork & RetryWork & DeleteGoneWork;

/** What applying itself finds out and keeps. */
type Kept =
  | 'accountsOfRule'
  | 'controlled'
  | 'definitions'
  | 'namespaces'
  | 'owned'
  | 'owners'
  | 'present'
  | 'refused'
  | 'resourceWait'
  | 'secondPass'
  | 'told';

/** What the stages before hand in. */
export type Prepared = Omit<Applying, Kept>;

/** Begins the applying: nothing is found out yet. */
export function applying(prepared: Prepared): Applying {
  const { calls, target, facts, clock, patience } = prepared;
  return {
    ...prepared,
    accountsOfRule: new Map(),
    controlled: new ControlledObjects(),
    definitions: new Set(),
    namespaces: { bare: new Set(), made: new Set(), blocked: new Map() },
    owned: new OwnedObjects(),
    owners: new OwnerMap(facts.owners),
    present: new PresentNames(calls, target),
    refused: new RefusedItems(),
    resourceWait: new ResourceWait(clock, patience.resources),
    secondPass: new OwnerSecondPass(),
    told: new Set(),
  };
}
