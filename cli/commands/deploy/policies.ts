import { Command, Option } from 'commander';
import type { Policy } from '../../../shared/app/deploy/policies';
import { LifeboatError } from '../../../shared/platform/errors';
import type { CommandLine } from '../../command-line';
import { ossPlaces } from '../../options/oss-place';
import { deployedVault, knownDeployment, type PlaceFlags, withPlaces } from './deployment';

interface PolicyFlags extends PlaceFlags {
  namePrefix?: string;
  network?: string[];
  kmsKey?: string;
  bucketKmsKey?: string[];
  ackCluster?: string[];
  role?: string;
  operator?: boolean;
  commands?: boolean;
}

/** `lifeboat deploy policies`. */
export function policiesCommand(line: CommandLine): Command {
  const several = (flag: string, what: string) =>
    new Option(flag, what).argParser((text: string, before: string[] = []) => [...before, text]);
  const command = new Command('policies')
    .description('print the RAM policy of each function: the least that its work takes')
    .option('--bucket <bucket>', 'bucket of the vault; without one the registered vaults')
    .option('--prefix <path>', 'its subdirectory; default its root')
    .option('--vault <place>', 'a further vault, oss://bucket/prefix; may be repeated', ossPlaces);
  return withPlaces(command)
    .option('--account <id>', 'account of the functions')
    .addOption(several('--network <name>', 'a network with workers of its own; may be repeated'))
    .option('--kms-key <arn>', 'key in KMS that opens kubeconfigs: for backup and restore alone')
    .addOption(
      several('--bucket-kms-key <arn>', 'key in KMS under which OSS encrypts a bucket; may be repeated'),
    )
    .addOption(
      several('--ack-cluster <id>', 'ACK cluster that is registered by its id; may be repeated; default all'),
    )
    .option('--role <name>', 'only the policy of this role, as it is pasted into the RAM console')
    .option('--operator', 'print what people need who use the command line, for a RAM user')
    .option('--commands', 'print the commands of the aliyun CLI that make the roles')
    .addHelpText(
      'after',
      '\nExample:\n  lifeboat deploy policies --bucket team-backups --prefix production --state oss://team-lifeboat/state',
    )
    .action(async (flags: PolicyFlags) => {
      const { eventRolePolicy, policies } = await import('../../../shared/app/deploy/policies');
      const known = await knownDeployment(line, flags);
      const deployment = {
        state: known.state,
        vaults: known.vaults.map(deployedVault),
        region: known.region,
        accountId: known.accountId,
        prefix: flags.namePrefix,
        networks: flags.network ?? known.networks,
        kmsKey: flags.kmsKey,
        bucketKeys: flags.bucketKmsKey,
        ackClusters: flags.ackCluster ?? known.ackClusters,
      };
      if (known.usesKms && flags.kmsKey === undefined) {
        line.screen.note(
          'LIFEBOAT_KMS_KEY is set: add --kms-key with the ARN of that key, or backup and restore open no kubeconfig.',
        );
      }
      const all: Record<string, Policy> = { ...policies(deployment), ...eventRolePolicy(deployment) };
      if (flags.commands) {
        const { roleCommands } = await import('../../../shared/app/deploy/role-commands');
        line.screen.out(roleCommands(all));
        return;
      }
      if (flags.operator) {
        const { operatorPolicy } = await import('../../../shared/app/deploy/operator-policy');
        return line.screen.out(JSON.stringify(operatorPolicy(deployment), null, 2));
      }
      if (flags.role === undefined) return line.screen.out(JSON.stringify(all, null, 2));
      const one = all[flags.role];
      if (one) return line.screen.out(JSON.stringify(one, null, 2));
      throw new LifeboatError('not-found', `there is no role "${flags.role}"`, {
        hint: `take one of ${Object.keys(all).join(', ')}`,
      });
    });
}
