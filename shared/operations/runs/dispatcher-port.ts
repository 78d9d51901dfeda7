import type { RunId } from '../../formats/state/run-keys';

/** Starts workers. Behind it stands Function Compute's asynchronous invocation. */
export interface Dispatcher {
  /**
   * Sends one start of a run. The same task id is sent once, however often it is asked for: `already-sent` says that it
   * was, never that the run lives. Throws LifeboatError `unavailable` or `denied`.
   */
  start(run: RunId, taskId: string): Promise<'sent' | 'already-sent'>;
}
