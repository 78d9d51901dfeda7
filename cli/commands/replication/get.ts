import { Command } from 'commander';
import type { ReplicationStatus } from '../../../shared/installation/replication-status';
import type { Replication } from '../../../shared/manifests/replication';
import type { CommandLine } from '../../command-line';
import { document, type OutputFormat, outputFormat } from '../../output/document';
import { type Listing, printList } from '../../output/print';
import { describeReplicationText, lagText, lastText } from '../../output/replication';

type Row = Replication & { status: ReplicationStatus };

const listing: Listing<Row> = {
  what: 'replications',
  headings: ['name', 'from cluster', 'vault', 'to clusters', 'policy', 'paused', 'lag', 'last'],
  row: ({ metadata, spec, status }) => [
    metadata.name,
    spec.source.cluster,
    spec.source.vault,
    spec.targets.join(','),
    spec.policy,
    spec.paused ? 'yes' : 'no',
    lagText(status.lagSeconds),
    status.problem ?? lastText(status),
  ],
};

/** `replication get [name]`: with `-o` the manifests and how they stand. */
export function getReplicationsCommand(line: CommandLine): Command {
  return new Command('get')
    .argument('[name]')
    .description('list the replications, or show one: how far its targets lag behind, and the last restore')
    .option('-o, --output <format>', 'json or yaml', outputFormat)
    .action(async (name: string | undefined, { output }: { output?: OutputFormat }) => {
      const { replications } = (await line.open()).state;
      const { items, unreadable } =
        name === undefined
          ? await replications.list()
          : { items: [await replications.get(name)], unreadable: [] };
      const rows = await withStatus(line, items);
      if (output && name !== undefined) line.screen.out(document(rows[0], output));
      else printList(line, listing, rows, { output, unreadable });
    });
}

/** `replication describe`. */
export function describeReplicationCommand(line: CommandLine): Command {
  return new Command('describe')
    .argument('<name>')
    .description('what it restores where, what it trusts, and how each target stands')
    .option('-o, --output <format>', 'json or yaml', outputFormat)
    .action(async (name: string, { output }: { output?: OutputFormat }) => {
      const [row] = await withStatus(line, [await (await line.open()).state.replications.get(name)]);
      line.screen.out(output ? document(row, output) : describeReplicationText(row!, row!.status));
    });
}

async function withStatus(line: CommandLine, items: Replication[]): Promise<Row[]> {
  const { replicationStatuses } = await import('../../../shared/installation/replication-status');
  const statuses = await replicationStatuses(await line.open(), items);
  return items.map((rule, index) => ({ ...rule, status: statuses[index]! }));
}
