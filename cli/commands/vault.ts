import { Command, Option } from 'commander';
import type { Vault } from '../../shared/manifests/vault';
import type { CommandLine } from '../command-line';
import type { Listing } from '../output/print';
import { getManifestsCommand } from './get-manifests';

const listing: Listing<Vault> = {
  what: 'vaults',
  headings: ['name', 'region', 'bucket', 'subdirectory', 'network type'],
  row: ({ metadata, spec }) => [
    metadata.name,
    spec.region,
    spec.bucket,
    spec.subdirectory ?? '',
    spec.networkType,
  ],
};

interface VaultFlags {
  region?: string;
  bucket: string;
  subdirectory?: string;
  networkType: string;
  endpoint?: string;
}

/** `lifeboat vault`. */
export function vaultCommand(line: CommandLine): Command {
  const command = new Command('vault').description(
    'places in OSS where backups are kept, in the layout of Velero',
  );
  command
    .command('add <name>')
    .description('register a vault; its bucket must exist')
    .requiredOption('--bucket <bucket>', 'OSS bucket')
    .option('--region <region>', 'region of the bucket; default that of the installation')
    .option('--subdirectory <path>', 'folder in the bucket; default its root')
    .addOption(
      new Option('--network-type <type>', 'how functions reach the bucket')
        .choices(['public', 'internal'])
        .default('public'),
    )
    .option('--endpoint <url>', 'custom domain of the bucket')
    .addHelpText(
      'after',
      '\nExample:\n  lifeboat vault add main --bucket team-backups --subdirectory production',
    )
    .action(async (name: string, flags: VaultFlags) => {
      const { addVault } = await import('../../shared/installation/add-vault');
      const installation = await line.open();
      const { region = installation.settings.region, bucket, subdirectory, networkType, endpoint } = flags;
      const spec = { region, bucket, subdirectory, networkType, endpoint };
      await addVault(installation, {
        kind: 'Vault',
        metadata: { name },
        spec: Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined)),
      });
      line.screen.out(
        `Vault ${name} added: oss://${bucket}/${subdirectory ?? ''} in ${region}, ${networkType} network`,
      );
    });
  command.addCommand(getManifestsCommand(line, listing, (state) => state.vaults));
  return command;
}
