import { type ApiResource, apiVersion, groupResource } from '../../../platform/kubernetes/api-resource';
import type { FieldChange } from '../../../formats/manifests/modifiers/field-diff';
import type { ExistingDecision } from '../decide/existing/decide-existing';
import type { StagedChange } from '../transform/object-trace';

/**
 * What became of one object: `same` and `different` are objects that existed and were left alone, `recreated` one that was
 * deleted and made again, `skipped` what a rule leaves out, `drifted` what a plan had shown otherwise and was left alone,
 * `deleted` what a mirror found gone from its source.
 */
export type Outcome =
  | 'created'
  | 'updated'
  | 'recreated'
  | 'same'
  | 'different'
  | 'skipped'
  | 'drifted'
  | 'deleted'
  | 'failed';

/** The CSI snapshot that a backup has of the data of a claim. */
interface ClaimSnapshot {
  /** `namespace/claim` of the backup. */
  claim: string;
  handle: string;
  driver: string;
  /** Bytes; absent where the driver did not say. */
  size?: number;
  /** RFC 3339. */
  taken?: string;
  /** The claim gets its data from it. */
  restored: boolean;
}

/** What a plan says of an object beyond its outcome. */
export interface Detail {
  /** Everything that the restore changes of the archived object by itself. */
  changes?: StagedChange[];
  /** Fields that name a mapped namespace still: no mapping applies there. */
  unmapped?: string[];
  /** What an update changes of the cluster's object, or by which it differs. */
  diff?: FieldChange[];
  /** What was decided of an object that exists, whatever came of it. */
  decided?: ExistingDecision['action'];
  /** Of the cluster's object, where there is one. */
  resourceVersion?: string;
  /** Of a claim that is created. */
  snapshot?: ClaimSnapshot;
  /** The API server could not look at the object as it will be: its namespace or its kind is not there yet. */
  unchecked?: true;
}

/** An object as a report names it: in the target's namespace and version. */
export interface Subject {
  groupResource: string;
  apiVersion: string;
  kind: string;
  namespace?: string;
  name: string;
}

/** An object that lies in the target, as the target serves it. */
export function subjectOf(
  resource: ApiResource,
  { namespace, name }: { namespace?: string; name: string },
): Subject {
  return {
    groupResource: groupResource(resource),
    apiVersion: apiVersion(resource),
    kind: resource.kind,
    namespace,
    name,
  };
}

/** One line of the report. */
export interface ObjectOutcome extends Subject, Detail {
  outcome: Outcome;
  reason?: string;
}
