import { Command } from 'commander';
import type { CommandLine } from '../../command-line';
import { addRbacFlags, type RbacFlags, rbacScope } from '../../options/rbac-scope';

/** `cluster rbac`: what `--create-service-account` makes, for people who apply it themselves. */
export function rbacCommand(line: CommandLine): Command {
  const command = new Command('rbac').description(
    'print the service account and the least rights for a scope, to apply with kubectl',
  );
  return addRbacFlags(command)
    .addHelpText(
      'after',
      '\nExample:\n  lifeboat cluster rbac --scope restore --namespaces shop,shop-jobs | kubectl apply -f -',
    )
    .action(async (flags: RbacFlags) => {
      const { rbacManifests } = await import('../../../shared/operations/rights/rbac-manifests');
      const { yamlDocument } = await import('../../output/document');
      const texts = await Promise.all(rbacManifests(rbacScope(flags)).map(yamlDocument));
      line.screen.out(texts.join('\n---\n'));
    });
}
