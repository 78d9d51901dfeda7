import { Command, Option } from 'commander';
import type { CommandLine } from '../../command-line';
import { type AccessKeyFlags, accessKeyOf, withAccessKey } from '../../options/access-key';
import { findingText } from '../../output/vault';

interface VaultFlags extends AccessKeyFlags {
  region?: string;
  bucket: string;
  subdirectory?: string;
  networkType: string;
  endpoint?: string;
  readOnly?: boolean;
  role?: string;
  externalId?: string;
  share?: boolean;
  replace?: string;
}

/** `lifeboat vault add`. */
export function addVaultCommand(line: CommandLine): Command {
  const command = new Command('add')
    .argument('<name>')
    .description('look at a place in OSS, then register it as a vault; its bucket must exist')
    .requiredOption('--bucket <bucket>', 'OSS bucket')
    .option('--region <region>', 'region of the bucket; default that of the installation')
    .option('--subdirectory <path>', 'folder in the bucket; default its root')
    .addOption(
      new Option('--network-type <type>', 'how functions reach the bucket; internal within their region only')
        .choices(['public', 'internal'])
        .default('public'),
    )
    .option('--endpoint <url>', 'custom domain of the bucket')
    .option('--read-only', 'never write to it or delete from it: another team’s vault, or a Velero’s')
    .option('--share', 'let other installations that say the same write to it too')
    .option('--replace <installation>', 'take the place of an installation that is gone and has claimed it')
    .option('--role <arn>', 'RAM role to assume for it: acs:ram::<account>:role/<name>')
    .option('--external-id <id>', 'external id that the role asks for');
  return withAccessKey(command)
    .addHelpText(
      'after',
      '\nExamples:\n  lifeboat vault add main --bucket team-backups --subdirectory production\n' +
        '  lifeboat vault add theirs --bucket velero-backups --read-only --role acs:ram::1234567890123456:role/velero-reader\n' +
        '  lifeboat vault add far --region cn-shanghai --bucket far-backups --access-key-id LTAI5t… --access-key-secret-file -',
    )
    .action(async (name: string, flags: VaultFlags) => {
      const { addVault } = await import('../../../shared/app/vaults/add-vault');
      const { vaultTrigger } = await import('../../../shared/app/vaults/vault-trigger');
      const { placeText } = await import('../../output/vault-place');
      const { triggerText } = await import('../../output/describe-vault');
      const accessKey = await accessKeyOf(flags);
      const installation = await line.open();
      const { region = installation.settings.region, bucket, subdirectory, networkType, endpoint } = flags;
      const { role: arn, externalId } = flags;
      const spec = {
        region,
        bucket,
        subdirectory,
        networkType,
        endpoint,
        accessMode: flags.readOnly ? 'ReadOnly' : undefined,
        share: flags.share,
        role: arn === undefined && externalId === undefined ? undefined : { arn, externalId },
      };
      const { vault, findings } = await addVault(
        installation,
        // JSON has no fields without a value.
        JSON.parse(JSON.stringify({ kind: 'Vault', metadata: { name }, spec })),
        accessKey,
        { replace: flags.replace },
      );
      line.screen.out(
        `Vault ${name} added: ${placeText(vault)} in ${region}, ${endpoint ?? `${networkType} network`}${flags.readOnly ? ', read-only' : ''}`,
      );
      for (const finding of findings) if (finding.level !== 'ok') line.screen.note(findingText(finding));
      line.screen.note(triggerText(name, vaultTrigger(vault, installation.settings)));
    });
}
