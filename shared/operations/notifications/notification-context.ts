import type { Clock } from '../../platform/clock';
import type { Log } from '../../platform/log/log';
import type { ObjectStore } from '../../platform/oss/port';

/** What telling people needs. */
export interface NotificationContext {
  /** Bound to the state's prefix. */
  state: ObjectStore;
  /** Id of this installation: the targets are sealed for it. */
  installation: string;
  /** Base64; undefined where none is set: then nothing can be sent. */
  key?: string;
  /** True on one machine. */
  local: boolean;
  clock: Clock;
  log: Log;
}
