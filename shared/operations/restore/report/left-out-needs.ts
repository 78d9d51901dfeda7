import { someOf } from '../../../formats/manifests/selection/some-of';
import type { LeftOutNeeds } from '../check/cluster-needs';

/** Names that a message lists. */
const mostListed = 50;

/**
 * Says which cluster-scoped objects are missing, and which flag brings them.
 *
 * @param asClusterScoped they are left out because of their scope, not by a filter of resources or labels
 */
export function leftOutNeeds(
  { groupResource, reason, names }: LeftOutNeeds,
  asClusterScoped: boolean,
): { message: string; hint: string } {
  const alone = `restore them first by themselves (--include-resources ${groupResource})`;
  return {
    message: `restored objects need ${groupResource} that the backup has, the cluster has not, and this restore leaves out (${reason}): ${someOf(names, mostListed)}`,
    hint: asClusterScoped ? `bring them with --include-cluster-resources true, or ${alone}` : alone,
  };
}
