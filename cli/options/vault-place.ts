import type { Command } from 'commander';
import { LifeboatError } from '../../shared/platform/errors';
import type { VaultPlace } from '../../shared/operations/disaster/state-restore/restored-manifest';

export interface VaultPlaceFlags {
  vaultRegion?: string;
  vaultBucket?: string;
  vaultPrefix?: string;
  vaultEndpoint?: string;
}

/** Flags that name a vault by its place, for when no state knows it. */
export function withVaultPlace(command: Command): Command {
  return command
    .option('--vault-bucket <bucket>', 'bucket of the vault')
    .option('--vault-region <region>', 'region of the bucket; default LIFEBOAT_REGION')
    .option('--vault-prefix <path>', 'folder of the vault in the bucket; default its root')
    .option('--vault-endpoint <url>', 'custom domain of the bucket');
}

/** Undefined where no flag names a place. Throws `invalid` for half of one. */
export function vaultPlace(flags: VaultPlaceFlags, environment: NodeJS.ProcessEnv): VaultPlace | undefined {
  const { vaultRegion, vaultBucket: bucket, vaultPrefix, vaultEndpoint } = flags;
  if (bucket === undefined) {
    if (vaultRegion === undefined && vaultPrefix === undefined && vaultEndpoint === undefined)
      return undefined;
    throw new LifeboatError('invalid', '--vault-bucket is missing', {
      hint: 'name the bucket in which the vault lies',
    });
  }
  const region = vaultRegion ?? environment.LIFEBOAT_REGION;
  if (!region)
    throw new LifeboatError('invalid', '--vault-region is missing', {
      hint: 'name the region of the bucket, for example cn-hangzhou',
    });
  return {
    region,
    bucket,
    ...(vaultPrefix !== undefined && { subdirectory: vaultPrefix }),
    ...(vaultEndpoint !== undefined && { endpoint: vaultEndpoint }),
  };
}
