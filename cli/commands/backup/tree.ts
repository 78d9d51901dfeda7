import { tmpdir } from 'node:os';
import { Command } from 'commander';
import type { BackupTree, TreeKind } from '../../../shared/operations/browse/backup-tree';
import { LifeboatError } from '../../../shared/platform/errors';
import type { CommandLine } from '../../command-line';
import { provedVaultOf } from '../../proved-backup';
import { withUnproved } from '../../options/unproved';
import { commaSeparated } from '../../options/lists';
import { type OutputFormat, outputOption } from '../../output/output-format';
import { printOne } from '../../output/print';
import { printable } from '../../output/printable';
import { counted } from '../../../shared/platform/counted';

interface TreeFlags {
  vault?: string;
  unproved?: string;
  namespace?: string[];
  kinds?: boolean;
  output?: OutputFormat;
}

/** `lifeboat backup tree`. */
export function treeCommand(line: CommandLine): Command {
  const command = new Command('tree')
    .argument('<name>')
    .description('what a backup holds: namespaces, kinds, objects, with counts')
    .option('--vault <name>', 'vault to look in; default all')
    .option('-n, --namespace <names>', 'only these namespaces', commaSeparated)
    .option('--kinds', 'kinds and their counts, without the names of objects')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nExamples:\n  lifeboat backup tree shop-1 --kinds\n  lifeboat backup tree shop-1 -n shop',
    )
    .action(async (name: string, flags: TreeFlags) => {
      const { backupTree } = await import('../../../shared/operations/browse/backup-tree');
      const vault = await provedVaultOf(line, await line.open(), { backup: name, ...flags });
      const whole = await backupTree(vault.store, name, { temporaryDirectory: tmpdir() });
      const tree = flags.namespace ? onlyIn(whole, name, flags.namespace) : whole;
      await printOne(line, tree, flags.output, () => treeText(tree, flags.kinds ?? false));
    });
  return withUnproved(command);
}

function onlyIn(tree: BackupTree, backup: string, names: readonly string[]): BackupTree {
  const namespaces = tree.namespaces.filter(({ name }) => names.includes(name));
  const missing = names.find((name) => !namespaces.some((one) => one.name === name));
  if (missing !== undefined) {
    const there = tree.namespaces.map(({ name }) => name).join(', ') || 'none';
    throw new LifeboatError('not-found', `backup ${backup} holds nothing of namespace ${missing}`, {
      hint: `it holds: ${there}`,
    });
  }
  const objects = namespaces.reduce((sum, one) => sum + one.objects, 0);
  return { objects, namespaces, clusterScoped: { objects: 0, kinds: [] } };
}

function treeText({ objects, namespaces, clusterScoped }: BackupTree, kindsOnly: boolean): string {
  const lines = [counted(objects, 'object')];
  for (const { name, objects: count, kinds } of namespaces) {
    lines.push(`namespace ${name} (${count})`, ...kindLines(kinds, kindsOnly));
  }
  if (clusterScoped.objects > 0)
    lines.push(`cluster-scoped (${clusterScoped.objects})`, ...kindLines(clusterScoped.kinds, kindsOnly));
  return lines.map(printable).join('\n');
}

function kindLines(kinds: readonly TreeKind[], kindsOnly: boolean): string[] {
  return kinds.flatMap(({ kind, apiVersion, objects }) => [
    `  ${kind} ${apiVersion} (${objects.length})`,
    ...(kindsOnly ? [] : objects.map((object) => `    ${object}`)),
  ]);
}
