import type { PlannedVolume } from './plan/planned-volume';

/** Pods that share volumes, and those volumes: what is frozen together, saved and let go together. */
export interface Block {
  /** `shop/db-0` */
  pods: string[];
  volumes: PlannedVolume[];
}

/**
 * Splits the volumes of a backup into blocks: a pod belongs to the block of each volume that it mounts. A volume that no pod
 * mounts is a block of its own. Blocks come in the order of their first volume.
 * @param pods that have something to run though they share nothing: `shop/web-0`
 */
export function blocksOf(volumes: readonly PlannedVolume[], pods: readonly string[] = []): Block[] {
  const parents = new Map<string, string>();
  const root = (of: string): string => {
    const parent = parents.get(of);
    if (parent === undefined || parent === of) return of;
    const top = root(parent);
    parents.set(of, top);
    return top;
  };
  const join = (a: string, b: string) => parents.set(root(a), root(b));
  const podsOf = ({ namespace, mounts }: PlannedVolume) => mounts.map(({ pod }) => `${namespace}/${pod}`);
  for (const [n, volume] of volumes.entries()) {
    for (const pod of podsOf(volume)) join(`pod ${pod}`, `volume ${n}`);
  }
  const blocks = new Map<string, Block>();
  const of = (member: string) => {
    const key = root(member);
    const block = blocks.get(key) ?? { pods: [], volumes: [] };
    blocks.set(key, block);
    return block;
  };
  for (const [n, volume] of volumes.entries()) of(`volume ${n}`).volumes.push(volume);
  for (const pod of new Set([...volumes.flatMap(podsOf), ...pods])) of(`pod ${pod}`).pods.push(pod);
  return [...blocks.values()];
}
