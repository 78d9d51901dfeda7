import { messageOf } from '../platform/errors';
import type { Log } from '../platform/log/log';

/** Does one part of what a timer asks for; one that fails is logged and keeps the others from nothing. @param what plural, as a log names it */
export async function attempt<T>(
  log: Log,
  what: string,
  part: () => Promise<T>,
): Promise<T | { failed: string }> {
  try {
    return await part();
  } catch (error) {
    const failed = messageOf(error);
    log.error(`${what} could not be looked at`, { error: failed });
    return { failed };
  }
}
