/**
 * A number and what it counts: `1 error`, `2 errors`, `0 warnings`.
 * @param one the word for one; more are told by an `s`
 */
export function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}
