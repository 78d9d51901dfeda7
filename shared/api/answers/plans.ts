import * as v from 'valibot';
import { originVerdictSchema } from '../../formats/manifests/origin-verdict';
import { restoreRequestSchema } from '../../formats/manifests/request';
import { listMetadata } from './list';

const actions = ['create', 'same', 'update', 'recreate', 'skip', 'conflict', 'fail', 'delete'] as const;

const problemKinds = [
  'missing-crd',
  'webhook-without-backend',
  'quota-too-small',
  'storage-class-absent',
  'ingress-class-absent',
  'node-port-taken',
  'image-registry-not-mapped',
  'immutable-field',
  'namespace-terminating',
  'crd-would-lose-fields',
  'namespace-not-mapped',
  'cluster-resources-left-out',
  'volume-without-data',
  'snapshot-not-named',
  'refused',
] as const;

const change = {
  path: v.string(),
  from: v.optional(v.unknown()),
  to: v.optional(v.unknown()),
};

export const plannedObjectAnswer = v.pipe(
  v.strictObject({
    action: v.picklist(actions),
    groupResource: v.string(),
    apiVersion: v.string(),
    kind: v.string(),
    namespace: v.optional(v.string()),
    name: v.string(),
    reason: v.optional(v.string()),
    changes: v.optional(
      v.pipe(
        v.array(v.strictObject({ ...change, by: v.string() })),
        v.description('What is changed of it on the way into the cluster'),
      ),
    ),
    unmapped: v.optional(
      v.pipe(v.array(v.string()), v.description('Fields that name a mapped namespace still')),
    ),
    diff: v.optional(
      v.pipe(v.array(v.strictObject(change)), v.description("In what the cluster's object differs")),
    ),
    decided: v.optional(v.pipe(v.string(), v.description('Where it exists'))),
    resourceVersion: v.optional(v.string()),
    unchecked: v.optional(v.literal(true)),
    snapshot: v.optional(
      v.pipe(
        v.strictObject({
          claim: v.pipe(v.string(), v.description('`namespace/claim` of the backup')),
          handle: v.string(),
          driver: v.string(),
          size: v.optional(v.pipe(v.number(), v.description('Bytes'))),
          taken: v.optional(v.string()),
          restored: v.boolean(),
        }),
        v.description(
          'Of a claim: the CSI snapshot that the backup has of its data, and whether its data comes from it',
        ),
      ),
    ),
  }),
  v.description("One object of a plan; in the place of a Secret's values stand keyed hashes"),
);

export const planObjects = v.strictObject({ metadata: listMetadata, items: v.array(plannedObjectAnswer) });

export const planSummaryAnswer = v.strictObject({
  kind: v.literal('RestorePlan'),
  version: v.literal(1),
  madeAt: v.string(),
  request: restoreRequestSchema,
  origin: v.optional(v.pipe(originVerdictSchema, v.description('Whose backup it is, and what proves it'))),
  counts: v.pipe(v.record(v.string(), v.number()), v.description('Objects by action')),
  problems: v.array(
    v.strictObject({
      kind: v.picklist(problemKinds),
      message: v.string(),
      hint: v.string(),
      count: v.pipe(v.number(), v.description('How many objects it concerns')),
      objects: v.pipe(v.array(v.string()), v.description('The first of them')),
    }),
  ),
});
