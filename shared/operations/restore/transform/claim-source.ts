import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { isMap } from '../../../platform/input/is-map';
import { objectAt } from '../convert/conversion';
import { quantityOf } from '../../../platform/kubernetes/quantity';

/** With what the names of VolumeSnapshots begin that a restore makes for a claim and removes when it is bound. */
export const helperPrefix = 'lifeboat-';

const helperName = new RegExp(`^${helperPrefix}[0-9a-f]{32}$`);
const snapshotGroup = 'snapshot.storage.k8s.io';

/**
 * Takes the source out of a claim that a restore has filled: the VolumeSnapshot is gone, and the field cannot be changed. A claim
 * that names another source keeps it.
 */
export function dropHelperSource({ spec }: KubeObject): void {
  if (!spec) return;
  for (const field of ['dataSource', 'dataSourceRef']) if (isHelper(spec[field])) delete spec[field];
}

/** Whether a claim was made to get its data from the VolumeSnapshot of this name. */
export function comesFrom({ spec }: KubeObject, name: string): boolean {
  return isMap(spec?.dataSource) && spec.dataSource.name === name && isHelper(spec.dataSource);
}

/** Has a claim filled from a VolumeSnapshot, with at least so many bytes. Changes `claim`. */
export function fillFrom(claim: KubeObject, name: string, size: number | undefined): void {
  claim.spec ??= {};
  const { spec } = claim;
  delete spec.dataSourceRef;
  spec.dataSource = { apiGroup: snapshotGroup, kind: 'VolumeSnapshot', name };
  if (size === undefined) return;
  const requests = objectAt(objectAt(spec, 'resources'), 'requests');
  if (requests && quantityOf(String(requests.storage ?? '0')) < size) requests.storage = String(size);
}

function isHelper(source: unknown): boolean {
  return (
    isMap(source) &&
    source.apiGroup === snapshotGroup &&
    source.kind === 'VolumeSnapshot' &&
    helperName.test(String(source.name))
  );
}
