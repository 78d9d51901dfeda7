import { LifeboatError } from '../../platform/errors';
import { selectsNamespacesByLabel } from './selection/namespace-labels';
import { selectsEverything } from './selection/label-selector';
import type { BackupSpec } from './velero';

/**
 * Returns the spec as a worker carries it out: a spec that names no namespaces takes those that the cluster is registered for.
 * @param own the `spec.namespaces` of the cluster; absent or empty where its credentials are for the whole cluster
 * @param what how an error names the spec: `backup "x"`, `the backup request: spec`
 * @throws LifeboatError `invalid` where neither names namespaces and no label selects: whole clusters are backed up on purpose only
 */
export function withOwnNamespaces(
  spec: BackupSpec,
  own: readonly string[] | undefined,
  what: string,
): BackupSpec {
  if (spec.includedNamespaces?.length || selectsNamespacesByLabel(spec)) return spec;
  if (own?.length) return { ...spec, includedNamespaces: [...own] };
  const selectors = [spec.labelSelector, ...(spec.orLabelSelectors ?? [])];
  if (selectors.some((selector) => !selectsEverything(selector))) return spec;
  throw new LifeboatError('invalid', `${what} names neither namespaces nor labels`, {
    hint: 'set includedNamespaces, includedNamespacesByLabel or labelSelector, or includedNamespaces: ["*"] for everything',
  });
}
