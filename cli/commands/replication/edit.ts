import { Command } from 'commander';
import type { CommandLine } from '../../command-line';

/** `replication edit`. */
export function editReplicationCommand(line: CommandLine): Command {
  return new Command('edit')
    .argument('<name>')
    .description('change a rule in $EDITOR, or by a file; it is checked before it is stored')
    .option('-f, --filename <file>', 'YAML or JSON that takes its place; - for standard input')
    .addHelpText(
      'after',
      '\nExamples:\n  lifeboat replication edit standby\n' +
        '  lifeboat replication get standby -o yaml > standby.yaml; lifeboat replication edit standby -f standby.yaml',
    )
    .action(async (name: string, { filename }: { filename?: string }) => {
      const { replaceReplication } = await import('../../../shared/app/replications/change-replication');
      const { editInEditor, replaceByFile } = await import('../edit-manifest');
      const installation = await line.open();
      const was = await installation.state.replications.get(name);
      const editable = {
        was,
        replace: (manifest: unknown) => replaceReplication(installation, was, manifest),
      };
      const saved = await (filename === undefined
        ? editInEditor(line, editable)
        : replaceByFile(filename, editable));
      if (!saved) return line.screen.note(`Replication ${name} is as it was.`);
      const { source, targets, policy } = saved.spec;
      line.screen.out(
        `Replication ${name} changed: backups of ${source.cluster} in vault ${source.vault} → ${targets.join(', ')} (${policy})`,
      );
    });
}
