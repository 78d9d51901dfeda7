import * as v from 'valibot';
import { LifeboatError } from '../../platform/errors';
import { backupSpecSchema } from './backup-spec';
import { conflictsSchema } from './conflict-policy';
import { durationSchema } from './go-duration';
import { instantSchema } from './instant';
import { markReasonSchema } from './mark-reason';
import { metadataSchema } from './metadata';
import { nameSchema } from '../../platform/input/names';
import { fault, parse } from '../../platform/input/parse';
import { retentionSchema } from './retention';
import { timeZoneSchema } from './schedule';
import { restoreSpecSchema } from './restore-spec';
import type { BackupRequest, CopyRequest, PlanRequest, RestoreRequest } from './run';
import { transformsSchema } from './modifiers/transforms';

export const backupRequestSchema = v.strictObject({
  kind: v.literal('BackupRequest'),
  metadata: metadataSchema,
  cluster: nameSchema,
  vault: nameSchema,
  spec: backupSpecSchema,
  schedule: v.optional(
    v.strictObject({
      name: nameSchema,
      slot: instantSchema,
      timeZone: v.optional(timeZoneSchema),
      retention: v.optional(retentionSchema),
      copies: v.optional(v.array(nameSchema)),
    }),
  ),
  hold: v.optional(markReasonSchema),
});

/** `namespace/claim` of the backup → handle of its CSI snapshot: printable, without spaces. */
const snapshotHandlesSchema = v.record(
  v.pipe(
    v.string(),
    v.regex(
      /^[a-z0-9][-a-z0-9]{0,62}\/[a-z0-9][-a-z0-9.]{0,252}$/,
      fault('is not a claim', 'write it as namespace/claim'),
    ),
  ),
  v.pipe(
    v.string(),
    v.regex(
      /^[\x21-\x7e]{1,1024}$/,
      fault('is not a snapshot handle', 'take it from `lifeboat restore plan`'),
    ),
  ),
);

export const restoreRequestSchema = v.strictObject({
  kind: v.literal('RestoreRequest'),
  metadata: metadataSchema,
  cluster: nameSchema,
  vault: nameSchema,
  spec: restoreSpecSchema,
  object: v.optional(
    v.strictObject({ resource: v.string(), namespace: v.optional(v.string()), name: v.string() }),
  ),
  unproved: v.optional(v.string()),
  snapshotHandles: v.optional(snapshotHandlesSchema),
  allowEmptyVolumes: v.optional(v.boolean()),
  resourceTimeout: v.optional(durationSchema),
  conflicts: v.optional(conflictsSchema),
  transforms: v.optional(transformsSchema),
  plan: v.optional(
    v.strictObject({
      run: v.optional(nameSchema),
      sha256: v.pipe(
        v.string(),
        v.regex(/^[0-9a-f]{64}$/, fault('is not a SHA-256', 'take it from the plan')),
      ),
      failOnDrift: v.optional(v.boolean()),
    }),
  ),
  replication: v.optional(nameSchema),
});

const { kind: _kind, plan: _plan, replication: _replication, ...planned } = restoreRequestSchema.entries;

export const planRequestSchema = v.strictObject({ kind: v.literal('PlanRequest'), ...planned });

export const copyRequestSchema = v.pipe(
  v.strictObject({
    kind: v.literal('CopyRequest'),
    metadata: metadataSchema,
    backup: v.pipe(
      v.string(),
      v.regex(
        /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/,
        fault('is not the name of a backup', 'write it as `lifeboat backup get` shows it'),
      ),
    ),
    from: nameSchema,
    vault: nameSchema,
    unproved: v.optional(v.string()),
    schedule: v.optional(nameSchema),
  }),
  v.check(
    ({ from, vault }) => from !== vault,
    fault('names one vault twice', 'copy from one vault to another'),
  ),
);

/** Checks a request for a backup and fills in its defaults; throws LifeboatError `invalid` naming the field and the remedy. */
export function parseBackupRequest(value: unknown, what = 'the backup request'): BackupRequest {
  return parse(backupRequestSchema, value, what);
}

/** The same for a restore. */
export function parseRestoreRequest(value: unknown, what = 'the restore request'): RestoreRequest {
  const request = parse(restoreRequestSchema, value, what);
  refuseFiltersOfObject(request, what);
  return request;
}

/** The same for the plan of a restore. */
export function parsePlanRequest(value: unknown, what = 'the request for a plan'): PlanRequest {
  const request = parse(planRequestSchema, value, what);
  refuseFiltersOfObject(request, what);
  return request;
}

/** Filters of a restore's spec, each with its flag. They choose among many objects, so they mean nothing beside one. */
const filters = {
  includedNamespaces: '--include-namespaces',
  excludedNamespaces: '--exclude-namespaces',
  includedResources: '--include-resources',
  excludedResources: '--exclude-resources',
  labelSelector: '--selector',
  orLabelSelectors: '--or-selector',
  includeClusterResources: '--include-cluster-resources',
} as const;

function refuseFiltersOfObject(
  { object, spec }: Pick<RestoreRequest, 'object' | 'spec'>,
  what: string,
): void {
  if (!object) return;
  const given = (Object.keys(filters) as (keyof typeof filters)[]).filter((field) => {
    const value = spec[field];
    return Array.isArray(value) ? value.length > 0 : value !== undefined;
  });
  if (given.length === 0) return;
  throw new LifeboatError(
    'invalid',
    `${what}: object names the one object to restore, and ${given.map((field) => `spec.${field} (${filters[field]})`).join(', ')} chooses among many`,
    { hint: 'keep the object (--object), or the filters' },
  );
}

/** The same for a copy. */
export function parseCopyRequest(value: unknown, what = 'the copy request'): CopyRequest {
  return parse(copyRequestSchema, value, what);
}
