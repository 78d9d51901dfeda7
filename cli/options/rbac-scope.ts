import { type Command, Option } from 'commander';
import type { RbacScope, Scope } from '../../shared/operations/rights/rbac-manifests';
import { commaSeparated } from './lists';

export interface RbacFlags {
  scope: Scope;
  namespaces?: string[];
  rbac: boolean;
  serviceAccount: string;
}

/** What a service account may do, in the flags of several commands. */
export function addRbacFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--scope <scope>', 'what a service account is for; mirror is restore that may delete')
        // As `scopes` of rbac-manifests.ts; written out, so that --help loads nothing.
        .choices(['read-only', 'restore', 'mirror'])
        .default('read-only'),
    )
    .option('--namespaces <names>', 'only in these namespaces; default the whole cluster', commaSeparated)
    .option('--no-rbac', 'restore all but RBAC: without `escalate` and `bind`')
    .option(
      '--service-account <name>',
      'name of the account, which lies in the namespace lifeboat',
      'lifeboat',
    );
}

export function rbacScope({ scope, namespaces, rbac, serviceAccount }: RbacFlags): RbacScope {
  return { scope, rbac, account: serviceAccount, home: 'lifeboat', ...(namespaces && { namespaces }) };
}
