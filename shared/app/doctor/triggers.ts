import { LifeboatError } from '../../platform/errors';
import type { DeployedFunction, FindDeployed } from '../fc/deployed-functions';
import { type Vault, vaultPrefix } from '../../formats/manifests/vault';
import type { Settings } from '../settings';
import { timerLag, vaultTrigger } from '../vaults/vault-trigger';
import { about, type Finding } from './finding';
import { nameOf } from './functions';

/**
 * How replication rules learn what lands in each vault: by a trigger, as far as it can be seen, else by the timer.
 * @param find absent where nobody can be asked
 */
export async function examineTriggers(
  settings: Settings,
  vaults: readonly Vault[],
  find?: FindDeployed,
): Promise<Finding[]> {
  let listed: DeployedFunction['triggers'] | undefined;
  try {
    listed = (await find?.(nameOf(settings, 'cross-cluster-restore')))?.triggers;
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
  }
  return vaults.map((vault) => {
    const say = about(`vault ${vault.metadata.name}`);
    const late = `rules learn of its backups by the hourly timer, ${timerLag} late`;
    const told = vaultTrigger(vault, settings);
    if ('servedByTimer' in told) return say.warning(`it has no trigger, ${told.servedByTimer}: ${late}`);
    if (!listed)
      return say.warning(
        'whether a trigger tells of its backups could not be seen',
        `allow fc:GetFunction and fc:ListTriggers; without a trigger ${late}`,
      );
    if (listed.some((trigger) => tells(trigger, vault)))
      return say.ok('a trigger tells of its backups at once');
    return say.warning(
      `it has no trigger: ${late}`,
      'add it with `lifeboat deploy render`, or to s.yaml as `lifeboat vault add` printed it, and deploy',
    );
  });
}

function tells({ type, sourceArn, config }: DeployedFunction['triggers'][number], vault: Vault): boolean {
  const prefix = (config as { filter?: { key?: { prefix?: string } } } | undefined)?.filter?.key?.prefix;
  return (
    type === 'oss' &&
    sourceArn?.split(':').pop() === vault.spec.bucket &&
    prefix !== undefined &&
    `${vaultPrefix(vault)}backups/`.startsWith(prefix)
  );
}
