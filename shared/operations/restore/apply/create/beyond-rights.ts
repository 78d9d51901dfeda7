import { type KubeStatus, saysRefusedByRbac } from '../../../../platform/kubernetes/status';
import type { CreatedAtMost } from '../../decide/existing/created-at-most';
import type { Report } from '../../report/report';
import type { Place } from '../../target/place';
import type { Attempt } from '../refused/attempt';

/** What tells which objects came along, and gathers those that may not be made. */
export interface BeyondRightsWork {
  createdAtMost: CreatedAtMost;
  beyond: BeyondRights;
}

/** Named one by one; of others only their number is kept. */
const mostNamed = 50;

/**
 * Cluster-scoped objects that came along with namespaces, and that the credentials may not make. Who restores namespaces has
 * chosen what is in them, so this is one warning, and no failure.
 */
export class BeyondRights {
  readonly #names: string[] = [];
  #more = 0;

  note(text: string): void {
    if (this.#names.length < mostNamed) this.#names.push(text);
    else this.#more++;
  }

  /** Warns of all of them; after the last object. */
  settle(report: Report): void {
    if (this.#names.length === 0) return;
    const more = this.#more > 0 ? ` and ${this.#more} more` : '';
    report.warn(
      `the credentials may not make cluster-scoped objects that came along with the namespaces: ${this.#names.join(', ')}${more}: have an administrator restore those that are missing`,
      '',
    );
  }
}

/**
 * Returns `skipped` for a cluster-scoped object that came along, is not in the cluster or may not be read, and that RBAC does not let
 * the credentials make; undefined for others, also for one that the request names: they are refused.
 * @param readRefusal what the read of the object answered; undefined where it is not there
 */
export function beyondRights(
  { createdAtMost, beyond }: BeyondRightsWork,
  { resource, groupResource, name }: Place,
  refusal: KubeStatus,
  readRefusal: KubeStatus | undefined,
): Attempt | undefined {
  if (createdAtMost.reason(groupResource, name, resource.namespaced) === undefined) return undefined;
  if (!forbidsKind(refusal) || (readRefusal && !saysRefusedByRbac(readRefusal))) return undefined;
  const found = readRefusal ? 'may not be read either' : 'missing';
  beyond.note(`${groupResource} ${name} (${found})`);
  return { outcome: 'skipped', reason: `it came along, and the credentials may not make it (${found})` };
}

/** By RBAC, for every object of the kind: not what a webhook, a quota, or the rule against escalation says of one. */
function forbidsKind({ code, message }: KubeStatus): boolean {
  return code === 403 && / is forbidden: User .* cannot create resource /.test(message);
}
