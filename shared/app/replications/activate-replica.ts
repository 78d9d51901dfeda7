import { LifeboatError } from '../../platform/errors';
import { type Activated, activate } from '../../operations/restore/passive/activate';
import { pauseReplication } from './change-replication';
import type { Installation } from '../installation';
import { record } from '../record';

/**
 * Makes a standby the one that works: pauses the rule, which would hold everything back again, and lets go what passive restores
 * hold back in one of its targets; without a rule in the cluster that is named. Does nothing more when it is done again. Throws `not-found`; `invalid` when the cluster is
 * no target of the rule.
 */
export async function activateReplica(
  installation: Installation,
  rule: string | undefined,
  {
    cluster: chosen,
    namespaces,
    dryRun = false,
    signal,
  }: { cluster?: string; namespaces?: readonly string[]; dryRun?: boolean; signal: AbortSignal },
): Promise<{ cluster: string; activated: Activated[] }> {
  const name = await targetOf(installation, rule, chosen);
  if (!dryRun && rule !== undefined) await pauseReplication(installation, rule);
  const cluster = await installation.openCluster(name);
  try {
    const activated = await activate(cluster, { namespaces, dryRun, signal });
    if (!dryRun) await record(installation, { action: 'activate', what: 'replication', name: rule ?? name });
    return { cluster: name, activated };
  } finally {
    cluster.close();
  }
}

/** The cluster that is named, or the only target of the rule. */
async function targetOf(
  { state }: Installation,
  rule: string | undefined,
  chosen: string | undefined,
): Promise<string> {
  if (rule === undefined) {
    if (chosen !== undefined) return (await state.clusters.get(chosen)).metadata.name;
    throw new LifeboatError('invalid', 'neither a rule nor a cluster is named', {
      hint: 'name a rule, or a cluster with --cluster',
    });
  }
  const { targets } = (await state.replications.get(rule)).spec;
  const [only] = targets;
  if (chosen === undefined && targets.length === 1 && only !== undefined) return only;
  if (chosen !== undefined && targets.includes(chosen)) return chosen;
  throw new LifeboatError(
    'invalid',
    chosen === undefined
      ? `replication ${rule} has ${targets.length} targets`
      : `cluster ${chosen} is no target of replication ${rule}`,
    { hint: `choose one with --cluster: ${targets.join(', ')}` },
  );
}
