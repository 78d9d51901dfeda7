import { type KubeStatus, saysRefusedByRbac } from '../../../../platform/kubernetes/status';
import type { Attempt } from '../refused/attempt';
import type { Place } from '../../target/place';
import type { Report } from '../../report/report';
import type { Target } from '../../target/target';

/** What knows of objects that may not be read. */
export interface TakenToExistWork {
  report: Report;
  target: Target;
}

const definitions = 'customresourcedefinitions.apiextensions.k8s.io';

/**
 * Of an object that the credentials may neither make nor read: what is known of it otherwise. A namespace is taken to exist,
 * since credentials for one namespace come with it, and what lies in it shows soon enough whether it does. A definition
 * exists where its kind is served. Undefined for all others: they are refused.
 */
export function takenToExist(
  { report, target }: TakenToExistWork,
  { groupResource, name }: Place,
  refusal: KubeStatus,
  readRefusal: KubeStatus | undefined,
): Attempt | undefined {
  if (!readRefusal || ![refusal, readRefusal].every(saysRefusedByRbac)) return undefined;
  if (groupResource === 'namespaces') {
    const reason =
      'the credentials may neither make nor read it: it is taken to exist, with labels of its own';
    report.warn(`namespace ${name}: ${reason}`, '');
    return { outcome: 'skipped', reason };
  }
  if (groupResource === definitions && target.serves(name)) {
    return { outcome: 'skipped', reason: 'its kind is served; the credentials may not compare it' };
  }
  return undefined;
}
