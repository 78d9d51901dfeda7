/**
 * What became of one object: `same` and `different` are objects that existed and were left alone, `skipped` what a rule
 * leaves out, `deleted` what a mirror found gone from its source.
 */
export type Outcome = 'created' | 'updated' | 'same' | 'different' | 'skipped' | 'deleted' | 'failed';

/** An object as a report names it: in the target's namespace and version. */
export interface Subject {
  groupResource: string;
  apiVersion: string;
  kind: string;
  namespace?: string;
  name: string;
}

/** One line of the report. */
export interface ObjectOutcome extends Subject {
  outcome: Outcome;
  reason?: string;
}
