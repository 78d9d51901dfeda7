import type { KubeObject } from '../../cluster/kube-object';
import { isMap } from '../../manifests/is-map';
import { backupLabel, restoreLabel } from '../transform/restore-labels';

/**
 * What a service account of the cluster lacks of the backup's: secrets, imagePullSecrets, labels, annotations. The
 * cluster's own values win (pkg/restore/merge_service_account.go). Undefined when nothing is missing.
 */
export function serviceAccountPatch(
  wanted: KubeObject,
  present: KubeObject,
): Record<string, unknown> | undefined {
  const { [backupLabel]: _backup, [restoreLabel]: _restore, ...labels } = wanted.metadata.labels ?? {};
  const metadata = {
    labels: missing(labels, present.metadata.labels),
    annotations: missing(wanted.metadata.annotations, present.metadata.annotations),
  };
  const patch = {
    ...(metadata.labels || metadata.annotations ? { metadata } : {}),
    ...union('secrets', wanted, present),
    ...union('imagePullSecrets', wanted, present),
  };
  return Object.keys(patch).length > 0 ? patch : undefined;
}

function missing(
  wanted: Record<string, string> | undefined,
  present: Record<string, string> | undefined,
): Record<string, string> | undefined {
  const entries = Object.entries(wanted ?? {}).filter(([key]) => !Object.hasOwn(present ?? {}, key));
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** A merge patch replaces lists whole, so the whole list is given. */
function union(field: string, wanted: KubeObject, present: KubeObject): Record<string, unknown> {
  const have = Array.isArray(present[field]) ? (present[field] as unknown[]) : [];
  const want = Array.isArray(wanted[field]) ? (wanted[field] as unknown[]) : [];
  const names = new Set(have.map(nameOf));
  const added = want.filter((one) => !names.has(nameOf(one)));
  return added.length > 0 ? { [field]: [...have, ...added] } : {};
}

function nameOf(reference: unknown): unknown {
  return isMap(reference) ? reference.name : undefined;
}
