import type { Capability, RightsReport } from './rights-report';
import { capability, isAllButRbac } from './rights-report';

/** One thing worth saying about rights. */
export interface RightsRemark {
  level: 'ok' | 'warning';
  message: string;
  remedy?: string;
}

/**
 * What rights mean for backups and restores, in sentences. Never an error: credentials for a part are a choice.
 * @param isNamespaced whether the cluster is registered for namespaces, which a backup then takes by itself
 */
export function rightsRemarks(report: RightsReport, isNamespaced: boolean): RightsRemark[] {
  if (capability(report, 'backup').extent === 'unknown') {
    return [
      {
        level: 'warning',
        message: 'what the credentials may do is not known: the API server does not let them ask',
        remedy: 'bind the ClusterRole system:basic-user to them',
      },
    ];
  }
  return [
    backup(capability(report, 'backup'), isNamespaced),
    restore(report),
    mirror(capability(report, 'mirror')),
  ].flatMap((remark) => remark ?? []);
}

const remedy = 'see the rights that are needed with `lifeboat cluster rbac`';

function backup(of: Capability, isNamespaced: boolean): RightsRemark | undefined {
  switch (of.extent) {
    case 'cluster':
      return { level: 'ok', message: 'the credentials can back up the whole cluster' };
    case 'namespaces':
      return {
        level: 'warning',
        message: `the credentials can back up ${inNamespaces(of)} only${isNamespaced ? '' : ': a backup must name its namespaces'}`,
        remedy,
      };
    case 'part':
      return { level: 'warning', message: `backups miss ${missing(of)}`, remedy };
    case 'none':
      return { level: 'warning', message: 'the credentials can back nothing up', remedy };
    case 'unknown':
      return undefined;
  }
}

function restore(report: RightsReport): RightsRemark | undefined {
  const of = capability(report, 'restore');
  if (isAllButRbac(report)) {
    return {
      level: 'warning',
      message:
        'the credentials can restore all but RBAC: roles and bindings that grant more than they have themselves are refused',
      remedy: 'allow `escalate` and `bind` on roles and clusterroles, or restore them yourself',
    };
  }
  switch (of.extent) {
    case 'cluster':
      return { level: 'ok', message: 'the credentials can restore into the whole cluster' };
    case 'namespaces':
      return {
        level: 'warning',
        message: `the credentials can restore ${inNamespaces(of)} only`,
        remedy,
      };
    case 'part':
      return { level: 'warning', message: `restores miss ${missing(of)}`, remedy };
    case 'none':
      return { level: 'warning', message: 'the credentials can restore nothing', remedy };
    case 'unknown':
      return undefined;
  }
}

/** Only worth a word where a restore is possible. */
function mirror(of: Capability): RightsRemark | undefined {
  if (of.extent !== 'part') return undefined;
  return { level: 'warning', message: 'replications of policy mirror cannot delete here', remedy };
}

function inNamespaces({ namespaces }: Capability): string {
  return `namespace${namespaces.length === 1 ? '' : 's'} ${namespaces.join(', ')}`;
}

const shown = 5;

function missing({ missing: all }: Capability): string {
  const first = all.slice(0, shown).map(({ resource, verbs }) => `${resource} (${verbs.join(', ')})`);
  return `${first.join(', ')}${all.length > shown ? ` and ${all.length - shown} more resources` : ''}`;
}
