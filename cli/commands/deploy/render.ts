import { Command, Option } from 'commander';
import type { Network } from '../../../shared/app/deploy/render';
import { LifeboatError } from '../../../shared/platform/errors';
import type { CommandLine } from '../../command-line';
import { network, networks } from '../../options/network';
import { ossPlaces } from '../../options/oss-place';
import { knownDeployment, type PlaceFlags, withPlaces } from './deployment';

interface RenderFlags extends PlaceFlags {
  namePrefix?: string;
  networkType?: 'public' | 'internal';
  vpc?: Network;
  network?: Record<string, Network>;
  log?: string;
}

/** `lifeboat deploy render`. */
export function renderCommand(line: CommandLine): Command {
  const command = new Command('render')
    .description('write s.yaml for given vaults and networks; without flags for those that are registered')
    .option('--vault <place>', 'a vault, name=oss://bucket/prefix; may be repeated', ossPlaces);
  return withPlaces(command)
    .option('--account <id>', 'account of the functions; default asked of the environment at deployment')
    .addOption(
      new Option('--network-type <type>', 'how the functions reach the state').choices([
        'public',
        'internal',
      ]),
    )
    .option('--vpc <network>', 'of the workers: vpc-…/vsw-…,vsw-…/sg-…', network)
    .option('--network <network>', 'a network of clusters: name=vpc-…/vsw-…/sg-…; may be repeated', networks)
    .option('--log <project/logstore>', 'where the functions log; default one that Serverless Devs makes')
    .addHelpText(
      'after',
      '\nExample:\n  lifeboat deploy render --vpc vpc-1/vsw-1/sg-1 --network beijing=vpc-2/vsw-2/sg-2 > s.production.yaml',
    )
    .action(async (flags: RenderFlags) => {
      const { renderDeployment } = await import('../../../shared/app/deploy/render');
      const { vaultTrigger } = await import('../../../shared/app/vaults/vault-trigger');
      const { default: template } = await import('../../../s.yaml');
      const known = await knownDeployment(line, flags);
      const { region, accountId } = known;
      for (const name of known.networks) {
        if (flags.network && Object.hasOwn(flags.network, name)) continue;
        throw new LifeboatError(
          'invalid',
          `clusters name the network "${name}", and nothing says where it is`,
          {
            hint: `add --network ${name}=vpc-…/vsw-…/sg-…`,
          },
        );
      }
      const triggers = known.vaults.flatMap((vault) => {
        // Without a region the vaults are taken to be in that of the functions.
        const told = vaultTrigger(vault, { region: region ?? vault.spec.region, accountId });
        if ('trigger' in told) return [told.trigger];
        line.screen.note(
          `Vault ${vault.metadata.name} gets no trigger, the hourly timer serves it: ${told.servedByTimer}`,
        );
        return [];
      });
      const { bucket, prefix } = known.state;
      line.screen.out(
        renderDeployment(template, {
          region,
          accountId,
          state: `oss://${bucket}/${prefix ?? ''}`.replace(/\/$/, ''),
          networkType: flags.networkType,
          prefix: flags.namePrefix,
          triggers,
          vpc: flags.vpc,
          networks: flags.network,
          log: logOf(flags.log),
        }).trimEnd(),
      );
    });
}

function logOf(text: string | undefined): { project: string; logstore: string } | undefined {
  if (text === undefined) return undefined;
  const [, project, logstore] = /^([a-z0-9-]+)\/([a-z0-9_-]+)$/.exec(text) ?? [];
  if (project && logstore) return { project, logstore };
  throw new LifeboatError('invalid', `--log ${text} is not a project and a logstore`, {
    hint: 'write project/logstore',
  });
}
