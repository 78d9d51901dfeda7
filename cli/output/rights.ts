import type { Capability, RightsReport } from '../../shared/operations/rights/rights-report';
import { isAllButRbac } from '../../shared/operations/rights/rights-report';
import type { Purpose } from '../../shared/operations/rights/needed-rights';
import { table } from './table';

const words: Record<Purpose, string> = {
  identity: 'tell the cluster from others',
  backup: 'back up',
  restore: 'restore',
  'restore-rbac': 'restore RBAC',
  mirror: 'mirror (delete what is gone)',
};

/** What credentials may and may not do: a table, and a remark where all but RBAC can be restored. */
export function rightsText(report: RightsReport): string {
  const lines = [
    table(
      ['with these credentials', 'allowed', 'missing'],
      report.capabilities.map((one) => [words[one.purpose], extent(one, report.asked), missing(one)]),
    ),
  ];
  if (isAllButRbac(report)) {
    lines.push(
      '',
      'All but RBAC can be restored: roles and bindings that grant more than these credentials have are refused.',
    );
  }
  if (report.notAsked > 0) lines.push('', `${report.notAsked} more namespaces were not asked about.`);
  return lines.join('\n');
}

function extent({ purpose, extent: of, namespaces }: Capability, asked: readonly string[]): string {
  switch (of) {
    case 'cluster':
      return purpose === 'identity' ? 'yes' : 'the whole cluster';
    case 'namespaces':
      return `in ${namespaces.join(', ')}`;
    case 'part':
      return asked.length === 1 ? `in part of ${asked[0]}` : 'in part';
    case 'unknown':
      return 'not known';
    case 'none':
      return 'no';
  }
}

const shown = 4;

function missing({ extent: of, missing: all }: Capability): string {
  if (of === 'namespaces') return all.length > 0 ? 'what has no namespace' : '';
  const byVerbs = new Map<string, string[]>();
  for (const { resource, verbs } of all) {
    const key = verbs.join(', ');
    byVerbs.set(key, [...(byVerbs.get(key) ?? []), resource]);
  }
  return [...byVerbs]
    .map(([verbs, resources]) => {
      const first = resources.slice(0, shown).join(', ');
      const more = resources.length > shown ? ` and ${resources.length - shown} more` : '';
      return `${verbs} on ${first}${more}`;
    })
    .join('; ');
}
