import * as v from 'valibot';
import { fault } from '../../platform/input/parse';

/**
 * What a restore does to an object that exists and differs from the backup's:
 * `skip` leaves it alone and warns; `update` makes it as it was, what only the cluster has goes (Velero's `update`); `merge`
 * sets what the backup has and keeps what only the cluster has; `replace` deletes it and makes it again; `fail` leaves it
 * alone and counts it as an error.
 */
const conflictPolicyNames = ['skip', 'update', 'merge', 'replace', 'fail'] as const;

const conflictPolicySchema = v.picklist(
  conflictPolicyNames,
  fault('is not a conflict policy', 'write skip, update, merge, replace or fail'),
);
export type ConflictPolicy = v.InferOutput<typeof conflictPolicySchema>;

const annotationName = /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/;

export const conflictsSchema = v.strictObject({
  /** For every resource without a policy of its own; default what `existingResourcePolicy` says, else skip. */
  policy: v.optional(conflictPolicySchema),
  /** By resource as people name it: `configmaps`, `deploy`, `*.example.com`. */
  resources: v.optional(v.record(v.string(), conflictPolicySchema)),
  /** An annotation of objects in the cluster that nothing is done to, `name` or `name=value`. */
  keepAnnotated: v.optional(
    v.pipe(
      v.string(),
      v.check(
        (text) => annotationName.test(text.split('=')[0]!),
        fault('is not an annotation', 'write name or name=value, such as example.com/do-not-touch=true'),
      ),
    ),
  ),
});

/** What a restore does to objects that exist. */
export type Conflicts = v.InferOutput<typeof conflictsSchema>;
