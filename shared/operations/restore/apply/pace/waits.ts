import type { Clock } from '../../../../platform/clock';
import type { Lease } from '../../../../formats/state/leases/lease-types';
import type { Patience } from './patience';
import type { ResourceWait } from './resource-wait';

/** What a restore waits with; a lost lease ends every wait. */
export interface Waits {
  clock: Clock;
  lease: Lease;
  patience: Patience;
  resourceWait: ResourceWait;
}
