import { Command } from 'commander';
import type { Vault } from '../../shared/manifests/vault';
import type { CommandLine } from '../command-line';
import type { Listing } from '../output/print';
import { credentialsText, withoutSeal } from '../output/vault';
import { getManifestsCommand } from './get-manifests';
import { addVaultCommand } from './vault/add';
import { deleteVaultCommand } from './vault/delete';
import { describeVaultCommand } from './vault/describe';

const listing: Listing<Vault> = {
  what: 'vaults',
  headings: ['name', 'region', 'bucket', 'subdirectory', 'network type', 'access', 'credentials'],
  row: (vault) => [
    vault.metadata.name,
    vault.spec.region,
    vault.spec.bucket,
    vault.spec.subdirectory ?? '',
    vault.spec.endpoint ?? vault.spec.networkType,
    vault.spec.accessMode ?? 'ReadWrite',
    credentialsText(vault),
  ],
};

/** `lifeboat vault`. */
export function vaultCommand(line: CommandLine): Command {
  const command = new Command('vault').description(
    'places in OSS where backups are kept, in the layout of Velero',
  );
  command.addCommand(addVaultCommand(line));
  command.addCommand(getManifestsCommand(line, listing, (state) => state.vaults, withoutSeal));
  command.addCommand(describeVaultCommand(line));
  command.addCommand(deleteVaultCommand(line));
  return command;
}
