import * as v from 'valibot';
import {
  excludedNamespacesSchema,
  excludesSchema,
  inBoth,
  includedNamespacesSchema,
  includesSchema,
} from './selection/filter-rules';
import { durationSchema, parseGoDuration, ttlSchema } from './go-duration';
import { backupHooksSchema } from './hooks';
import { labelSelectorSchema } from './selection/label-selector';
import { labelsSchema } from './metadata';
import { resourcePoliciesSchema } from './resource-policies';
import { fault } from '../../platform/input/parse';
import { selectorTextSchema } from './selection/selector-text';
import { scopedFilters, unscopedFilters } from './selection/spec-filters';
import { selectsNamespacesByLabel } from './selection/namespace-labels';
import type { BackupSpec } from './velero';

/** Velero's, known by name so that the message is not about spelling. */
const notCarriedOut = v.optional(v.never(fault('is not carried out by Lifeboat', 'leave it out')));

/** A limit on a wait: none at all would end it before it began. Velero takes 0 for its default. */
const timeoutSchema = v.pipe(
  durationSchema,
  v.check(
    (text) => parseGoDuration(text) > 0,
    fault('leaves no time', 'give 1s or more; leave it out for the default'),
  ),
);

const fields = v.strictObject({
  metadata: v.optional(v.strictObject({ labels: v.optional(labelsSchema) })),
  includedNamespaces: v.optional(includedNamespacesSchema),
  excludedNamespaces: v.optional(excludedNamespacesSchema),
  includedNamespacesByLabel: v.optional(v.array(selectorTextSchema)),
  includedResources: v.optional(includesSchema),
  excludedResources: v.optional(excludesSchema),
  includedClusterScopedResources: v.optional(includesSchema),
  // The excludes of the scoped families may be `*`: no cluster-scoped resources at all, for example.
  excludedClusterScopedResources: v.optional(includesSchema),
  includedNamespaceScopedResources: v.optional(includesSchema),
  excludedNamespaceScopedResources: v.optional(includesSchema),
  labelSelector: v.optional(labelSelectorSchema),
  orLabelSelectors: v.optional(v.array(labelSelectorSchema)),
  includeClusterResources: v.optional(v.boolean()),
  snapshotVolumes: v.optional(v.boolean()),
  defaultVolumesToFsBackup: v.optional(v.boolean()),
  ttl: v.optional(ttlSchema, '720h'),
  storageLocation: v.optional(v.string()),
  orderedResources: v.optional(v.record(v.string(), v.string())),
  allApiVersions: v.optional(v.boolean()),
  resourcePolicies: v.optional(resourcePoliciesSchema),
  resourcePolicy: v.optional(
    v.never(
      fault(
        'names a ConfigMap of Velero, which Lifeboat does not read',
        "write the policies themselves in resourcePolicies: the YAML of the ConfigMap's data",
      ),
    ),
  ),
  csiSnapshotTimeout: v.optional(timeoutSchema),
  itemOperationTimeout: v.optional(timeoutSchema),
  hooks: v.optional(backupHooksSchema),
  hookOutput: v.optional(v.literal('log', fault('is not "log"', 'write log, or leave it out'))),
  snapshotMoveData: notCarriedOut,
  volumeGroupSnapshotLabelKey: notCarriedOut,
});

type Fields = v.InferOutput<typeof fields>;

function usesOldFamily(spec: Fields): boolean {
  return unscopedFilters.some((field) => spec[field]?.length) || spec.includeClusterResources !== undefined;
}

function mixesFamilies(spec: Fields): boolean {
  return usesOldFamily(spec) && scopedFilters.some((field) => spec[field]?.length);
}

function hasNoContradiction(spec: Fields): boolean {
  const pairs = [
    [spec.includedNamespaces, spec.excludedNamespaces],
    [spec.includedResources, spec.excludedResources],
    [spec.includedClusterScopedResources, spec.excludedClusterScopedResources],
    [spec.includedNamespaceScopedResources, spec.excludedNamespaceScopedResources],
  ] as const;
  return pairs.every(([included, excluded]) => inBoth(included, excluded).length === 0);
}

/**
 * Velero's BackupSpec, as far as it is carried out; a field that would have no effect is refused, not ignored.
 * Rules: pkg/controller/backup_controller.go (prepareBackupRequest). `ttl` comes out as `720h0m0s`. Whether a spec that names
 * nothing may be carried out depends on its cluster (`own-namespaces.ts`).
 */
export const backupSpecSchema = v.pipe(
  fields,
  v.check(
    (spec) => !(spec.labelSelector && spec.orLabelSelectors?.length),
    fault('has both labelSelector and orLabelSelectors', 'keep one of the two'),
  ),
  v.check(
    (spec) => !mixesFamilies(spec),
    fault(
      'mixes includedResources, excludedResources or includeClusterResources with the cluster-scoped and namespace-scoped lists',
      'use one family or the other',
    ),
  ),
  v.check(
    hasNoContradiction,
    fault('includes and excludes the same thing', 'take it out of one of the two lists'),
  ),
  v.check(
    (spec) => !(spec.resourcePolicies?.includeExcludePolicy && usesOldFamily(spec)),
    fault(
      'has an includeExcludePolicy beside includedResources, excludedResources or includeClusterResources',
      'use the cluster-scoped and namespace-scoped lists with it',
    ),
  ),
  v.check(
    (spec) => !(spec.includedNamespaces?.includes('*') && selectsNamespacesByLabel(spec)),
    fault(
      'includes every namespace ("*"), so that selecting namespaces by label has no effect',
      'leave "*" out, or the label selectors',
    ),
  ),
  v.transform((spec): BackupSpec => spec),
);
