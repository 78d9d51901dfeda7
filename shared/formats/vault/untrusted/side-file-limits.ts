/** What a side file may be; the vault is hostile input, and a function has 512 MiB. */
export interface SideFileLimits {
  /** Of the JSON. */
  unpackedBytes: number;
  /** Objects and lists in it: an empty one has two bytes in JSON and some sixty in memory. */
  containers: number;
}

const mib = 1 << 20;

/** Unpacked to packed, judged above `ratioFromBytes`: names and messages that are alike reach 60, deflate's bombs 1,000. */
export const maxRatio = 200;
export const ratioFromBytes = mib;

/** By the end of the key. */
const limitsBySuffix: readonly (readonly [suffix: string, limits: SideFileLimits])[] = [
  // 100 bytes for each 4 MiB of an archive.
  ['-lifeboat.json.gz', { unpackedBytes: 16 * mib, containers: 200_000 }],
  // 50 bytes an object: half a million of them.
  ['-resource-list.json.gz', { unpackedBytes: 32 * mib, containers: 50_000 }],
  // `ResultsCollector` keeps to half of it.
  ['-results.gz', { unpackedBytes: 32 * mib, containers: 400_000 }],
  // 500 bytes a volume.
  ['-volumeinfo.json.gz', { unpackedBytes: 32 * mib, containers: 300_000 }],
];

/** Lists of what Velero did for volumes and in the background. */
const others: SideFileLimits = { unpackedBytes: 16 * mib, containers: 200_000 };

/** The limits of the side file of this key. */
export function limitsOf(key: string): SideFileLimits {
  return limitsBySuffix.find(([suffix]) => key.endsWith(suffix))?.[1] ?? others;
}
