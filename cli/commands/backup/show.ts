import { tmpdir } from 'node:os';
import { Command } from 'commander';
import { LifeboatError } from '../../../shared/platform/errors';
import type { CommandLine } from '../../command-line';
import { provedVaultOf, tellSkipped } from '../../proved-backup';
import { withUnproved } from '../../options/unproved';
import { wantedObject } from '../../options/object-name';

interface ShowFlags {
  vault?: string;
  unproved?: string;
  namespace?: string;
  showSecrets?: boolean;
  clean?: boolean;
  output: string;
}

/** `lifeboat backup show`. */
export function showCommand(line: CommandLine): Command {
  const command = new Command('show')
    .argument('<name>', 'the backup')
    .argument('<kind>', 'as kubectl takes it: configmap, cm, deployments.apps')
    .argument('<object>', 'namespace/name, or the name of a cluster-scoped object')
    .description('one object of a backup as YAML')
    .option('--vault <name>', 'vault to look in; default all')
    .option('-n, --namespace <name>', 'namespace of the object, where the name stands alone')
    .option('--show-secrets', 'show the values of a Secret')
    .option('--clean', 'without status and what its server gave it')
    .option('-o, --output <format>', 'yaml or json', format, 'yaml')
    .addHelpText(
      'after',
      '\nOf a backup of ours only the part of the archive is read that holds the object.\n\n' +
        'Examples:\n  lifeboat backup show shop-1 configmap shop/settings\n' +
        '  lifeboat backup show shop-1 secret payment -n shop --show-secrets',
    )
    .action(async (name: string, kind: string, place: string, flags: ShowFlags) => {
      const wanted = wantedObject(kind, place, flags.namespace);
      const [
        { openedBackup },
        { requireObject },
        { hiddenSecret },
        { asWritten },
        { yamlOf },
        { serializeDocument },
      ] = await Promise.all([
        import('../../../shared/operations/browse/opened-backup'),
        import('../../../shared/operations/browse/find-object'),
        import('../../../shared/operations/browse/hidden-secret'),
        import('../../../shared/operations/browse/as-written'),
        import('../../../shared/operations/browse/yaml'),
        import('../../../shared/operations/restore/document/document'),
      ]);
      const installation = await line.open();
      const vault = await provedVaultOf(line, installation, { backup: name, ...flags });
      const backup = await openedBackup(vault.store, name, {
        temporaryDirectory: tmpdir(),
        origin: vault.origin,
        skipped: (entry) => tellSkipped(line, name, entry),
      });
      try {
        const { object } = await requireObject(backup, wanted);
        const whole = flags.clean ? asWritten(object) : object;
        const shown = flags.showSecrets ? whole : hiddenSecret(whole);
        const text = flags.output === 'json' ? serializeDocument(shown) : yamlOf(shown).trimEnd();
        line.screen.out(text);
        if (shown !== whole)
          line.screen.note('The values of the Secret are hidden; --show-secrets shows them.');
      } finally {
        await backup.close();
      }
    });
  return withUnproved(command);
}

function format(value: string): string {
  if (value === 'json' || value === 'yaml') return value;
  throw new LifeboatError('invalid', `-o ${value} is not an output format`, {
    hint: 'use -o json or -o yaml',
  });
}
