import { createHash } from 'node:crypto';
import { itemKey } from '../../../formats/vault/item-key';
import type { Place } from '../target/place';
import type { Detail } from '../report/outcome';
import type { ExistingDecision } from '../decide/existing/decide-existing';
import type { PlanAction, PlannedObject } from '../plan/planned-object';

interface Planned {
  action: PlanAction;
  decided?: ExistingDecision['action'];
  resourceVersion?: string;
  /** Of the diff that was shown. */
  diff: string;
}

/**
 * Lets a restore do what a plan showed and nothing else: what would be decided otherwise now is left alone, with the reason.
 */
export class PlanGuard {
  readonly #planned = new Map<string, Planned>();

  /** Takes one object of the plan. */
  add({ groupResource, namespace, name, action, decided, resourceVersion, diff }: PlannedObject): void {
    this.#planned.set(itemKey({ groupResource, namespace, name }), {
      action,
      decided,
      resourceVersion,
      diff: hashOf(diff),
    });
  }

  /** Before an object is sent: why it must not be, or that it has to be there. */
  beforeCreate(place: Pick<Place, 'groupResource' | 'namespace' | 'name'>): {
    drift?: string;
    wasThere: boolean;
  } {
    const planned = this.#planned.get(itemKey(place));
    if (!planned) return { drift: 'the plan does not show it', wasThere: false };
    if (planned.action === 'skip' && !planned.decided) {
      return { drift: 'the plan leaves it out', wasThere: false };
    }
    // What had no resourceVersion was foreseen, not seen: the default account of a namespace that was not there.
    return { wasThere: planned.resourceVersion !== undefined };
  }

  /** What has changed since the plan; undefined when the same would be done. */
  driftOfExisting(
    place: Pick<Place, 'groupResource' | 'namespace' | 'name'>,
    { action }: ExistingDecision,
    detail: Detail | undefined,
  ): string | undefined {
    const planned = this.#planned.get(itemKey(place));
    if (!planned) return 'the plan does not show it';
    if (!planned.decided) return 'it was not there when the plan was made';
    if (planned.resourceVersion === undefined) return undefined;
    if (planned.decided !== action) {
      return `the plan decided ${planned.decided}, and now it would be ${action}`;
    }
    if (planned.resourceVersion === detail?.resourceVersion) return undefined;
    return planned.diff === hashOf(detail?.diff) ? undefined : 'it has changed since the plan was made';
  }
}

function hashOf(diff: Detail['diff']): string {
  return diff ? createHash('sha256').update(JSON.stringify(diff)).digest('base64') : '';
}
