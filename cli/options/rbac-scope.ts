import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RbacScope, Scope, ScopeAddition } from '../../shared/operations/rights/rbac-manifests';
import { commaSeparated } from './lists';

interface ChosenScope {
  scope: Scope;
  additions?: readonly ScopeAddition[];
}

export interface RbacFlags {
  scope: ChosenScope;
  namespaces?: string[];
  rbac: boolean;
  serviceAccount: string;
}

/** What a service account may do, in the flags of several commands. */
export function addRbacFlags(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--scope <scope>',
        'read-only, restore or mirror (restore that may delete), with +hooks and +snapshots for what backups do in pods and with volumes: read-only+hooks+snapshots',
      )
        .argParser(chosenScope)
        .default({ scope: 'read-only' } satisfies ChosenScope, 'read-only'),
    )
    .option('--namespaces <names>', 'only in these namespaces; default the whole cluster', commaSeparated)
    .option('--no-rbac', 'restore all but RBAC: without `escalate` and `bind`')
    .option(
      '--service-account <name>',
      'name of the account, which lies in the namespace lifeboat',
      'lifeboat',
    );
}

// As in rbac-manifests.ts; written out, so that --help loads nothing.
const scopes: readonly string[] = ['read-only', 'restore', 'mirror'] satisfies Scope[];
const knownAdditions: readonly string[] = ['hooks', 'snapshots'] satisfies ScopeAddition[];

function chosenScope(text: string): ChosenScope {
  const [scope = '', ...additions] = text.split('+');
  if (!scopes.includes(scope) || !additions.every((one) => knownAdditions.includes(one))) {
    const message = `Allowed choices are ${scopes.join(', ')}, each with +${knownAdditions.join(' and +')} behind it.`;
    throw new InvalidArgumentError(message);
  }
  return {
    scope: scope as Scope,
    ...(additions.length > 0 && { additions: [...new Set(additions)] as ScopeAddition[] }),
  };
}

export function rbacScope({ scope, namespaces, rbac, serviceAccount }: RbacFlags): RbacScope {
  return { ...scope, rbac, account: serviceAccount, home: 'lifeboat', ...(namespaces && { namespaces }) };
}
