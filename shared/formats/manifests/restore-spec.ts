import * as v from 'valibot';
import { neverRestored } from '../../platform/kubernetes/built-in-kinds';
import {
  excludedNamespacesSchema,
  excludesSchema,
  inBoth,
  includedNamespacesSchema,
  includesSchema,
} from './selection/filter-rules';
import { labelSelectorSchema } from './selection/label-selector';
import { nameSchema } from '../../platform/input/names';
import { fault } from '../../platform/input/parse';
import type { RestoreSpec } from './velero';

/** Source namespace → target namespace. */
export const namespaceMappingSchema = v.pipe(
  v.record(v.string(), v.pipe(nameSchema)),
  v.check(
    (mapping) => new Set(Object.values(mapping)).size === Object.keys(mapping).length,
    fault('maps two namespaces to one', 'give each its own target'),
  ),
);

/** Velero's RestoreSpec; `backupName` is any name of a backup (Velero's may be subdomains). */
export const restoreSpecSchema = v.pipe(
  v.strictObject({
    backupName: v.pipe(
      v.string(),
      v.regex(
        /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/,
        fault('is not the name of a backup', 'take it from `lifeboat backup get`'),
      ),
    ),
    includedNamespaces: v.optional(includedNamespacesSchema),
    excludedNamespaces: v.optional(excludedNamespacesSchema),
    includedResources: v.optional(
      v.pipe(
        includesSchema,
        v.check(
          (list) => !list.some(neverRestored),
          ({ input }) => {
            const named = input.find(neverRestored) ?? '';
            return fault(
              `names ${named}, which is never restored: ${neverRestored(named)}`,
              'take it out of the list',
            );
          },
        ),
      ),
    ),
    excludedResources: v.optional(excludesSchema),
    namespaceMapping: v.optional(namespaceMappingSchema),
    labelSelector: v.optional(labelSelectorSchema),
    orLabelSelectors: v.optional(v.array(labelSelectorSchema)),
    includeClusterResources: v.optional(v.boolean()),
    restorePVs: v.optional(v.boolean()),
    restoreStatus: v.optional(
      v.strictObject({
        includedResources: v.optional(includesSchema),
        excludedResources: v.optional(v.array(v.string())),
      }),
    ),
    preserveNodePorts: v.optional(v.boolean()),
    existingResourcePolicy: v.optional(v.picklist(['none', 'update'])),
  }),
  v.check(
    (spec) => !(spec.labelSelector && spec.orLabelSelectors?.length),
    fault('has both labelSelector and orLabelSelectors', 'keep one of the two'),
  ),
  v.check(
    (spec) =>
      inBoth(spec.includedNamespaces, spec.excludedNamespaces).length === 0 &&
      inBoth(spec.includedResources, spec.excludedResources).length === 0,
    fault('includes and excludes the same thing', 'take it out of one of the two lists'),
  ),
  v.transform((spec): RestoreSpec => spec),
);
