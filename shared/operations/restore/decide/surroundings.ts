import type { Surroundings } from './kind-rules';
import type { ClaimFact, VolumeFact } from './volume-facts';

/** One of several group-resources under which the same object is stored. */
export interface Copy {
  groupResource: string;
  apiVersion: string;
}

/** What the whole archive says that decides about one of its objects; the first reading gathers it. */
export interface ArchiveSurroundings extends Surroundings {
  /** Source namespaces that something asked for lies in. */
  readonly neededNamespaces: ReadonlySet<string>;
  /** Volumes of claims that are asked for. */
  readonly claimedVolumes: ReadonlySet<string>;
  /** `namespace/name` of claims that pods asked for mount. */
  readonly mountedClaims: ReadonlySet<string>;
  /** By name. */
  readonly volumes: ReadonlyMap<string, VolumeFact>;
  /** By `namespace/name`. */
  readonly claims: ReadonlyMap<string, ClaimFact>;
  /** By `placeOf`: where the same object is stored under several group-resources. */
  readonly copies: ReadonlyMap<string, readonly Copy[]>;
  /** Whether pods come, by themselves or their owners. */
  readonly bringsPods: boolean;
}
