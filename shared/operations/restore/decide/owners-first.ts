/** Which resources of an archive hold owners of objects of a resource; see check/owner-kinds.ts. */
export interface OwnersOf {
  of(groupResource: string): ReadonlySet<string>;
}

/**
 * Splits a group of the restore order so that resources come after those that own their objects, for webhooks that ask for
 * the owner reference at create. Resources that own each other in a circle stay together. An owner in a later group keeps
 * its place: what it owns may hold data (a Secret, a claim) that its controller would make anew in a moment.
 */
export function ownersFirst(group: readonly string[], owners: OwnersOf): string[][] {
  const levels: string[][] = [];
  let left = [...group];
  while (left.length > 0) {
    const there = new Set(left);
    const isFree = (one: string) => ![...owners.of(one)].some((owner) => owner !== one && there.has(owner));
    const free = left.filter(isFree);
    const level = free.length > 0 ? free : left;
    levels.push(level);
    const placed = new Set(level);
    left = left.filter((one) => !placed.has(one));
  }
  return levels;
}

/** Whether objects of a level may own each other, so that its resources alone give no order. */
export function ownsItself(level: readonly string[], owners: OwnersOf): boolean {
  return level.some((one) => level.some((owner) => owners.of(one).has(owner)));
}
