/**
 * Does the same for a few things at once. Throws what went wrong with the first of them that failed, and only when none is
 * under way any more: nothing is written behind the back of a caller that has given up.
 */
export async function sideBySide<T>(things: readonly T[], work: (thing: T) => Promise<void>): Promise<void> {
  const outcomes = await Promise.allSettled(things.map(work));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}
