type Results<T extends readonly Promise<unknown>[]> = { -readonly [N in keyof T]: Awaited<T[N]> };

/**
 * Waits for reads that were begun at once. Throws the error of the first of them in order that failed, whichever failed first:
 * what a caller is told does not depend on the network.
 */
export async function atOnce<const T extends readonly Promise<unknown>[]>(...reads: T): Promise<Results<T>> {
  const outcomes = await Promise.allSettled(reads);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as Results<T>;
}
