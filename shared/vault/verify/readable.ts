import { isKind } from '../../errors';

/** The value, or what is wrong with what was read; a store that does not answer is no verdict and passes through. */
export async function readable<T>(read: () => Promise<T>): Promise<{ value?: T; problem?: string }> {
  try {
    return { value: await read() };
  } catch (error) {
    if (!isKind(error, 'corrupt')) throw error;
    return { problem: error.message };
  }
}
