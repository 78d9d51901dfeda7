import * as v from 'valibot';
import { nameSchema } from '../../platform/input/names';
import { fault } from '../../platform/input/parse';

const qualifiedName =
  /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** Labels as Kubernetes takes them: they end up on Velero's objects. */
export const labelsSchema = v.record(
  v.pipe(
    v.string(),
    v.regex(
      qualifiedName,
      fault(
        'has a key that is no label key',
        'use letters, digits, "-", "_" and "." (at most 63), with a DNS prefix if wanted',
      ),
    ),
  ),
  v.pipe(
    v.string(),
    v.regex(labelValue, fault('is not a label value', 'use at most 63 letters, digits, "-", "_" and "."')),
  ),
);

export const annotationsSchema = v.record(
  v.pipe(
    v.string(),
    v.regex(
      qualifiedName,
      fault(
        'has a key that is no annotation key',
        'use letters, digits, "-", "_" and "." (at most 63), with a DNS prefix if wanted',
      ),
    ),
  ),
  v.string(),
);

/** `metadata` of everything that people make. */
export const metadataSchema = v.strictObject({
  name: nameSchema,
  labels: v.optional(labelsSchema),
  annotations: v.optional(annotationsSchema),
});
