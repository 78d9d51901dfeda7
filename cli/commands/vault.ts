import type { Command } from 'commander';
import type { Vault } from '../../shared/formats/manifests/vault';
import type { CommandLine } from '../command-line';
import type { Listing } from '../output/print';
import { credentialsText, withoutSeal } from '../output/vault';
import { getManifestsCommand } from './get-manifests';
import { nounCommand } from './noun';
import { addVaultCommand } from './vault/add';
import { deleteVaultCommand } from './vault/delete';
import { describeVaultCommand } from './vault/describe';
import { shareVaultCommand } from './vault/share';
import { trustVaultKeyCommand } from './vault/trust';

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
  return nounCommand('vault', line, [
    addVaultCommand,
    getCommand,
    describeVaultCommand,
    shareVaultCommand,
    trustVaultKeyCommand,
    deleteVaultCommand,
  ]);
}

function getCommand(line: CommandLine): Command {
  return getManifestsCommand(line, {
    listing,
    folder: (state) => state.vaults,
    shown: async (_, vaults) => vaults.map(withoutSeal),
  });
}
