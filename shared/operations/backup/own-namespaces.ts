import { isPattern, matcher } from '../../formats/manifests/selection/glob';
import type { BackupSpec } from '../../formats/manifests/velero';
import { selectsNamespacesByLabel } from '../../formats/manifests/selection/namespace-labels';
import type { Known } from './known-namespaces';
import type { KnownNamespace } from './select-namespaces';

/** A spec with the namespaces that are backed up, and a warning where these are not the ones that were asked for. */
export interface OwnNamespaces {
  spec: BackupSpec;
  /** Those that the spec chooses from. */
  namespaces: KnownNamespace[];
  warning?: string;
}

/**
 * Resolves a spec against what the credentials reach. A spec that names no namespaces takes those that the cluster is registered
 * for. Where the credentials may not list namespaces, `*` and patterns match these alone, and a pattern that excludes nothing known
 * is dropped. Namespaces that the cluster no longer has are left out, unless none is there: then the filter reports them.
 * Label selectors choose among the namespaces that the cluster is registered for.
 * @param asked the spec of the request
 * @param spec the same with its defaults
 * @param own the namespaces that the cluster is registered for
 */
export function resolveOwnNamespaces(
  asked: BackupSpec,
  spec: BackupSpec,
  { own = [], known }: { own?: readonly string[]; known: Known },
): OwnNamespaces {
  const narrowed = known.unlisted ? withoutIdleExcludes(spec, known) : spec;
  const { namespaces } = known;
  const named = asked.includedNamespaces ?? [];
  if (own.length > 0 && selectsNamespacesByLabel(spec)) {
    const reached = namespaces.filter(({ meta }) => own.includes(meta.name) || named.includes(meta.name));
    return { spec: narrowed, namespaces: reached };
  }
  const matchesOwn = named.length === 0 || (known.unlisted && named.some(isPattern));
  if (own.length === 0 || !matchesOwn) return { spec: narrowed, namespaces };
  const there = new Set(known.namespaces.map(({ meta }) => meta.name));
  const excluded = (spec.excludedNamespaces ?? []).map(matcher);
  const wanted = own.filter((name) => !excluded.some((excludes) => excludes(name)));
  const present = wanted.filter((name) => there.has(name));
  const pool = present.length > 0 ? present : own;
  const taken = named.length === 0 ? pool : named.flatMap((name) => expanded(name, pool));
  const includedNamespaces = [...new Set(taken)];
  const missing = wanted.filter((name) => !there.has(name));
  return {
    spec: { ...narrowed, includedNamespaces },
    namespaces,
    warning:
      `${reason(named)} matches only the namespaces that the cluster is registered for: ${includedNamespaces.join(', ')}` +
      (missing.length > 0 ? `; the cluster has no namespace ${missing.join(', ')}` : ''),
  };
}

function reason(named: readonly string[]): string {
  return named.length === 0
    ? 'the backup names no namespaces, so it'
    : `the credentials may not list namespaces, so ${named.filter(isPattern).join(', ')}`;
}

/** A pattern that matches nothing stays, so that the filter reports it. */
function expanded(name: string, pool: readonly string[]): readonly string[] {
  const found = isPattern(name) ? pool.filter(matcher(name)) : [];
  return found.length > 0 ? found : [name];
}

/** Whether the cluster has what such a pattern matches is not known, so it is no slip. */
function withoutIdleExcludes(spec: BackupSpec, { namespaces }: Known): BackupSpec {
  if (!spec.excludedNamespaces) return spec;
  const excludedNamespaces = spec.excludedNamespaces.filter(
    (name) => !isPattern(name) || namespaces.some(({ meta }) => matcher(name)(meta.name)),
  );
  return { ...spec, excludedNamespaces };
}
