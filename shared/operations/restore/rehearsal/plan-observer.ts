import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import type { LeftOutNeeds } from '../check/cluster-needs';
import type { Forecast } from '../forecast/forecast';
import type { Detail, Subject } from '../report/outcome';
import type { Meeting, RestoreObserver } from '../report/observer';
import type { UnmappedNamespace } from '../report/unmapped-namespaces';
import type { Place } from '../target/place';
import type { ObjectTrace } from '../transform/object-trace';
import type { Details } from './details';
import type { PlanGuard } from './plan-guard';

/** Watches a restore for a plan: one that is made (`forecast`), one that is kept to (`guard`), or both. */
export class PlanObserver implements RestoreObserver {
  readonly #details: Details;
  readonly #guard?: PlanGuard;
  readonly #forecast?: Forecast;

  constructor(details: Details, { guard, forecast }: { guard?: PlanGuard; forecast?: Forecast }) {
    this.#details = details;
    this.#guard = guard;
    this.#forecast = forecast;
  }

  trace(archivedAs: string): ObjectTrace {
    return this.#details.trace(archivedAs);
  }

  leavesOut(needs: LeftOutNeeds, message: string, hint: string): void {
    this.#forecast?.leavesOut(needs, message, hint);
  }

  isNotMapped(unmapped: UnmappedNamespace): void {
    this.#forecast?.isNotMapped(unmapped);
  }

  beforeCreate(place: Place, wanted: KubeObject): { drift?: string; wasThere: boolean } {
    this.#forecast?.see(place, wanted);
    return this.#guard?.beforeCreate(place) ?? { wasThere: false };
  }

  creates(place: Place, wanted: KubeObject): void {
    this.#forecast?.makes(place, wanted);
  }

  meets({ place, wanted, present, decision, decide, resourceVersion }: Meeting): {
    detail: Detail;
    drift?: string;
  } {
    const detail = this.#details.ofDecision(place.groupResource, wanted, present, decide, resourceVersion);
    const drift = this.#guard?.driftOfExisting(place, decision, detail);
    return { detail, ...(drift !== undefined && { drift }) };
  }

  losesFields(name: string, lost: readonly string[]): void {
    this.#forecast?.losesFields(name, lost);
  }

  ends(subject: Subject): Detail | undefined {
    return this.#forecast?.check(subject);
  }
}
