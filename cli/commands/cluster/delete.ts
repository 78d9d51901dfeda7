import { Command } from 'commander';
import type { CommandLine } from '../../command-line';
import { confirmedIn } from '../../options/confirm';

/** `cluster delete`. */
export function deleteClusterCommand(line: CommandLine): Command {
  return new Command('delete')
    .argument('<name>')
    .description('forget a cluster and its credentials; asks first. Its backups stay')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', '\nExample:\n  lifeboat cluster delete staging')
    .action(async (name: string, { yes }: { yes?: boolean }) => {
      const [{ deleteCluster }, { assertExists }] = await Promise.all([
        import('../../../shared/app/clusters/delete-cluster'),
        import('../../../shared/app/assert-exists'),
      ]);
      const installation = await line.open();
      await assertExists(installation.state.clusters, name);
      if (!yes && !(await confirmedIn(installation, `Forget cluster ${name}?`, 'delete'))) {
        line.screen.note('Nothing was deleted.');
        return;
      }
      await deleteCluster(installation, name);
      line.screen.out(`Cluster ${name} is forgotten; its backups stay in their vaults.`);
      line.screen.note(
        'A service account that was made in it is still there: `kubectl delete namespace lifeboat`, and the ClusterRole and ClusterRoleBinding lifeboat.',
      );
    });
}
