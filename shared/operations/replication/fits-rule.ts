import { overlaps } from '../../formats/manifests/selection/glob-overlap';
import type { Replication } from '../../formats/manifests/replication';
import type { VaultBackup } from './vault-backup';

/** uid of each registered cluster, by name; unknown ones are not in it. */
export type ClusterUids = ReadonlyMap<string, string>;

/** Why a rule does not replicate a backup of its vault; undefined when it does. Whether it is paused is not looked at. */
export function reasonNotToReplicate(
  { spec }: Replication,
  backup: VaultBackup,
  uids: ClusterUids,
): string | undefined {
  const { source } = spec;
  const { origin, phase, schedule, namespaces } = backup;
  if (origin.proof === 'broken') return origin.reason;
  const foreign = reasonOfOrigin(spec, origin, uids);
  if (foreign !== undefined) return foreign;
  if (source.schedule && source.schedule !== schedule) return `the rule is for schedule ${source.schedule}`;
  if (!(spec.onlyIf as string[]).includes(phase)) return `its phase is ${phase}`;
  if (source.namespaces && namespaces && !overlaps(source.namespaces, namespaces)) {
    return 'it has none of the namespaces of the rule';
  }
  return undefined;
}

function reasonOfOrigin(
  { source, trustedKeys = [], trustUnsigned }: Replication['spec'],
  origin: Exclude<VaultBackup['origin'], { proof: 'broken' }>,
  uids: ClusterUids,
): string | undefined {
  const elsewhere = `the rule is for cluster ${source.cluster}`;
  if (origin.proof === 'committed' && source.clusterUid === undefined) {
    return origin.cluster === source.cluster ? undefined : elsewhere;
  }
  const uid = source.clusterUid ?? uids.get(source.cluster);
  const said = origin.proof === 'none' ? undefined : origin.clusterUid;
  if (said !== undefined && uid !== undefined && said !== uid) return elsewhere;
  if (origin.proof === 'claimed' && origin.ownName) return origin.claim;
  if (origin.proof === 'none' || origin.proof === 'claimed') {
    return trustUnsigned ? undefined : 'nobody signed it, and the rule takes only what is signed';
  }
  if (uid === undefined) {
    return `the uid of cluster ${source.cluster} is not known: set source.clusterUid, or register the cluster again`;
  }
  if (origin.clusterUid !== uid) return elsewhere;
  if (origin.proof === 'committed' || trustedKeys.includes(origin.key)) return undefined;
  return `the rule does not trust the key that signed it, ${origin.key}`;
}
