import * as v from 'valibot';
import { fault } from '../../../platform/input/parse';
import { conflictingKey } from './selector-conflict';

const expressionSchema = v.pipe(
  v.strictObject({
    key: v.pipe(v.string(), v.nonEmpty(fault('is empty', 'name a label'))),
    operator: v.picklist(['In', 'NotIn', 'Exists', 'DoesNotExist']),
    values: v.optional(v.array(v.string())),
  }),
  v.check(
    ({ operator, values = [] }) =>
      operator === 'In' || operator === 'NotIn' ? values.length > 0 : values.length === 0,
    fault(
      'has values that do not fit its operator',
      'In and NotIn take values, Exists and DoesNotExist take none',
    ),
  ),
);

/** metav1.LabelSelector that some object can match. */
export const labelSelectorSchema = v.pipe(
  v.strictObject({
    matchLabels: v.optional(v.record(v.string(), v.string())),
    matchExpressions: v.optional(v.array(expressionSchema)),
  }),
  v.check(
    (selector) => conflictingKey(selector) === undefined,
    fault(
      'requires two things of one label that no object can have',
      'keep one of the two, or write the values as one set',
    ),
  ),
);

/** A selector that chooses nothing in particular matches everything. */
export function selectsEverything(selector: v.InferOutput<typeof labelSelectorSchema> | undefined): boolean {
  if (!selector) return true;
  return (
    Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0
  );
}
