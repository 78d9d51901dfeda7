import { isUnreadable, messageOf } from '../../../platform/errors';

/** What came of reading something: its value, or why there is none. */
export interface Reading<T> {
  value?: T;
  problem?: string;
  /** Given with `problem`: `unreadable` says that nothing is known of the bytes. */
  proof?: 'broken' | 'unreadable';
}

/**
 * Reads something that may be damaged or closed to the reader: in an archive class, or denied by a policy. A store that does not
 * answer is no verdict and passes through.
 */
export async function readable<T>(read: () => Promise<T>): Promise<Reading<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return error.kind === 'denied'
      ? { problem: messageOf(error), proof: 'unreadable' }
      : { problem: error.message, proof: 'broken' };
  }
}
