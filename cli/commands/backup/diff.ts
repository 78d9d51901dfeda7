import { tmpdir } from 'node:os';
import { Command } from 'commander';
import type { BackupDiff, ObjectDifference } from '../../../shared/operations/browse/backup-diff';
import { LifeboatError } from '../../../shared/platform/errors';
import { objectName } from '../../../shared/formats/manifests/object-name';
import type { CommandLine } from '../../command-line';
import type { SkippedEntry } from '../../../shared/formats/vault/archive/skipped-entries';
import { provedVaultOf, tellSkipped } from '../../proved-backup';
import { commaSeparated } from '../../options/lists';
import { fieldChangeLines } from '../../output/field-changes';
import { type OutputFormat, outputOption } from '../../output/output-format';
import { printOne } from '../../output/print';
import { shortened } from '../../output/sections';

interface DiffFlags {
  vault?: string;
  otherVault?: string;
  unproved?: string[];
  cluster?: string;
  namespace?: string[];
  all?: boolean;
  output?: OutputFormat;
}

/** Of so many changed objects the fields are shown. */
const details = 500;

/** `lifeboat backup diff`. */
export function diffCommand(line: CommandLine): Command {
  return new Command('diff')
    .argument('<name>', 'the older backup')
    .argument('[other]', 'the newer backup; or --cluster')
    .description('what is new, gone or changed between two backups, or a backup and a cluster')
    .option('--cluster <name>', 'compare with what is in this cluster now')
    .option('--vault <name>', 'vault of the backups; default all')
    .option('--other-vault <name>', 'vault of the other backup')
    .option(
      '--unproved <backups>',
      'read these backups although nothing proves that Lifeboat wrote them',
      commaSeparated,
    )
    .option('-n, --namespace <names>', 'only these namespaces', commaSeparated)
    .option('--all', 'also what clusters and controllers make by themselves: pods, events, endpoints')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nStatus and what servers give objects is not compared. The values of Secrets are shown as hashes under a key\n' +
        'that is forgotten afterwards: same or different can be told, and nothing else.\n\n' +
        'Examples:\n  lifeboat backup diff shop-1 shop-2\n  lifeboat backup diff shop-1 --cluster production -n shop',
    )
    .action(async (name: string, other: string | undefined, flags: DiffFlags) => {
      if ((other === undefined) === (flags.cluster === undefined))
        throw new LifeboatError('invalid', 'a diff is with another backup or with a cluster', {
          hint: 'name a second backup, or --cluster',
        });
      const stray = flags.unproved?.find((backup) => backup !== name && backup !== other);
      if (stray !== undefined)
        throw new LifeboatError('invalid', `backup "${stray}" is named as unproved, and is not compared`, {
          hint: 'name a backup that is compared, or leave --unproved out',
        });
      const { diffBackups, diffWithCluster } = await import('../../../shared/operations/browse/diff');
      const installation = await line.open();
      const open = (backup: string, vault: string | undefined) =>
        provedVaultOf(line, installation, {
          backup,
          ...(vault !== undefined && { vault }),
          ...(flags.unproved?.includes(backup) && { unproved: backup }),
        });
      const { store, origin } = await open(name, flags.vault);
      const common = {
        from: { store, name, origin },
        scope: { namespaces: flags.namespace, all: flags.all },
        secretKey: installation.random.bytes(32),
        details,
        temporaryDirectory: tmpdir(),
        skipped: (backup: string, entry: SkippedEntry) => tellSkipped(line, backup, entry),
      };
      let diff: BackupDiff;
      if (other === undefined) {
        const cluster = await installation.openCluster(flags.cluster!);
        diff = await diffWithCluster({ ...common, cluster }).finally(() => cluster.close());
      } else {
        const vault = await open(other, flags.otherVault ?? flags.vault);
        diff = await diffBackups({ ...common, to: { ...vault, name: other } });
      }
      await printOne(line, diff, flags.output, () => diffText(diff));
    });
}

const signs = { added: '+', removed: '-', changed: '~' } as const;

function diffText({ added, removed, changed, same, leftOut, objects }: BackupDiff): string {
  const beside = leftOut > 0 ? ` (${leftOut} not compared)` : '';
  return [
    ...objects.flatMap(objectLines),
    `${added} added, ${removed} removed, ${changed} changed, ${same} the same${beside}`,
  ].join('\n');
}

function objectLines(object: ObjectDifference): string[] {
  const lines = shortened(fieldChangeLines(object.fields ?? []), '-o yaml shows all');
  return [`${signs[object.difference]} ${objectName(object)}`, ...lines.map((text) => `    ${text}`)];
}
