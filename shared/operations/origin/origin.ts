import type { OriginVerdict } from '../../formats/manifests/origin-verdict';

/**
 * What the evidence says of who wrote a backup:
 * - `committed`: this installation's own state committed these very bytes
 * - `signed`: the holder of a key vouches for these bytes and for the source cluster
 * - `claimed`: it claims to be a backup of Lifeboat, and nothing proves it
 * - `none`: it claims nothing; Velero signs nothing, so its backups are of this kind
 * - `broken`: it is not what was committed or signed
 */
export type Origin =
  | { proof: 'committed'; cluster: string; clusterUid?: string; adoptedFrom?: string }
  | { proof: 'signed'; key: string; clusterUid: string }
  /** `ownName`: a run of this installation has its name. */
  | { proof: 'claimed'; claim: string; ownName?: boolean; clusterUid?: string }
  | { proof: 'none' }
  | { proof: 'broken'; reason: string };

/** Says whether a public key (Ed25519, base64) is trusted. */
export type TrustsKey = (key: string) => Promise<boolean>;

/** Judges an origin. Only a signature needs the keys, so `trusts` is called for nothing else. */
export async function judgeOrigin(origin: Origin, trusts: TrustsKey): Promise<OriginVerdict> {
  switch (origin.proof) {
    case 'committed':
      return {
        verdict: 'proved',
        by:
          origin.adoptedFrom === undefined
            ? 'this installation committed it'
            : `this installation adopted it from installation ${origin.adoptedFrom}`,
      };
    case 'signed':
      return (await trusts(origin.key))
        ? { verdict: 'proved', by: `the trusted key ${origin.key} signed it` }
        : { verdict: 'unproved', reason: `key ${origin.key}, which is not trusted, signed it` };
    case 'claimed':
      return { verdict: 'unproved', reason: origin.claim };
    case 'none':
      return { verdict: 'unprovable', reason: 'Velero wrote it, and Velero signs nothing' };
    case 'broken':
      return { verdict: 'broken', reason: origin.reason };
  }
}
