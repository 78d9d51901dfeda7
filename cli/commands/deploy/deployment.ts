import type { Command } from 'commander';
import type { DeployedVault, Place } from '../../../shared/app/deploy/policies';
import type { Vault } from '../../../shared/formats/manifests/vault';
import type { CommandLine } from '../../command-line';
import { ossPlace, type OssPlaceFlag, ossPlaces } from '../../options/oss-place';

/** Flags that say where state and vaults are. */
export interface PlaceFlags {
  bucket?: string;
  prefix?: string;
  vault?: OssPlaceFlag[];
  readOnlyVault?: OssPlaceFlag[];
  state?: OssPlaceFlag;
  region?: string;
  account?: string;
}

/** Where a deployment is: as the flags say, and where they name no vault as the installation knows it. */
export interface Known {
  state: Place;
  vaults: Vault[];
  region?: string;
  accountId?: string;
  /** That clusters name. */
  networks: string[];
  /** Ids of the ACK clusters whose kubeconfigs are fetched on use. */
  ackClusters: string[];
  /** Kubeconfigs are sealed under a key in KMS. */
  usesKms: boolean;
}

/** Adds those of the flags that every command here takes alike. */
export function withPlaces(command: Command): Command {
  return command
    .option('--read-only-vault <place>', 'a vault that is only read; may be repeated', ossPlaces)
    .option('--state <place>', 'the state, oss://bucket/prefix; default that of the installation', ossPlace)
    .option('--region <region>', 'region of the functions')
    .option('--name-prefix <prefix>', 'of functions and roles; default lifeboat');
}

export async function knownDeployment(line: CommandLine, flags: PlaceFlags): Promise<Known> {
  const named = vaultsOfFlags(flags);
  if (named.length > 0 && flags.state) {
    const { state, region, account } = flags;
    return {
      state,
      vaults: named,
      region,
      accountId: account,
      networks: [],
      ackClusters: [],
      usesKms: false,
    };
  }
  const { settings, state } = await line.open();
  const [vaults, clusters] = await Promise.all([state.vaults.list(), state.clusters.list()]);
  for (const { name, reason } of [...vaults.unreadable, ...clusters.unreadable])
    line.screen.note(`${name} cannot be read: ${reason}`);
  return {
    state: flags.state ?? settings.state,
    vaults: named.length > 0 ? named : vaults.items,
    region: flags.region ?? settings.region,
    accountId: flags.account ?? settings.accountId,
    networks: [...new Set(clusters.items.flatMap(({ spec }) => spec.network ?? []))],
    ackClusters: clusters.items.flatMap(({ spec }) => spec.ack?.clusterId ?? []),
    usesKms: settings.kmsKey !== undefined,
  };
}

/** As the policies need it. */
export function deployedVault({ spec }: Vault): DeployedVault {
  return {
    bucket: spec.bucket,
    prefix: spec.subdirectory,
    ...(spec.accessMode === 'ReadOnly' && { readOnly: true }),
    ...(spec.role && { role: spec.role.arn }),
    ...(spec.accessKey && { accessKey: true }),
  };
}

function vaultsOfFlags({ bucket, prefix, vault = [], readOnlyVault = [], region }: PlaceFlags): Vault[] {
  const own = bucket === undefined ? [] : [{ name: bucket, bucket, prefix: prefix ?? '' }];
  const made =
    (readOnly: boolean) =>
    (place: OssPlaceFlag): Vault => ({
      kind: 'Vault',
      metadata: { name: place.name },
      spec: {
        region: region ?? '',
        bucket: place.bucket,
        subdirectory: place.prefix,
        networkType: 'internal',
        ...(readOnly && { accessMode: 'ReadOnly' as const }),
      },
    });
  return [...[...own, ...vault].map(made(false)), ...readOnlyVault.map(made(true))];
}
