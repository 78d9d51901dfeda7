import type { Command } from 'commander';
import type { ReplicationStatus } from '../../../shared/app/replications/replication-status';
import type { Replication } from '../../../shared/formats/manifests/replication';
import type { CommandLine } from '../../command-line';
import type { Listing } from '../../output/print';
import { describeReplicationText, lagText, lastText } from '../../output/replication';
import { describeWithStatusCommand, getWithStatusCommand, type KindWithStatus } from '../get-with-status';

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

const replications: KindWithStatus<Replication, ReplicationStatus> = {
  listing,
  folder: (state) => state.replications,
  async statuses(installation, items) {
    const { replicationStatuses } = await import('../../../shared/app/replications/replication-status');
    return replicationStatuses(installation, items);
  },
  describe: describeReplicationText,
};

/** `replication get [name]`. */
export function getReplicationsCommand(line: CommandLine): Command {
  return getWithStatusCommand(line, 'how far its targets lag behind, and the last restore', replications);
}

/** `replication describe`. */
export function describeReplicationCommand(line: CommandLine): Command {
  return describeWithStatusCommand(
    line,
    {
      description: 'what it restores where, what it trusts, and how each target stands',
      example: 'lifeboat replication describe standby',
    },
    replications,
  );
}
