import type { Clock, Random } from '../../platform/clock';
import type { Log } from '../../platform/log/log';
import type { ObjectStore } from '../../platform/oss/port';
import type { Dispatcher } from './dispatcher-port';
import type { Turns } from './turns';

/** What asking for, starting and carrying out runs needs. */
export interface RunContext {
  /** Bound to the state's prefix. */
  state: ObjectStore;
  /** Id of this installation. */
  installation: string;
  dispatcher: Dispatcher;
  clock: Clock;
  random: Random;
  log: Log;
  /** Who acts, for people who read the state: FC's request id, or `cli`. */
  holder: string;
  /** How many runs a cluster bears at once; default 4. */
  runsPerCluster?: number;
  /**
   * True where runs are asked for and not carried on, as in the function `api`, whose role may write requests, cancellations
   * and first starts alone: no permit, no lease, no result. The tick does the rest.
   */
  asksOnly?: boolean;
  /** Of a tick, which starts many runs. */
  turns?: Turns;
}
