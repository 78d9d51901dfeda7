import * as v from 'valibot';
import { fault } from '../../platform/input/parse';
import { quantityOf } from '../../platform/kubernetes/quantity';
import { excludesSchema, inBoth } from './selection/filter-rules';
import { selectorTextSchema } from './selection/selector-text';
import type { ResourcePolicies } from './velero-resource-policies';
import { volumeTypes } from './volume-types';

/** `10Gi,100Gi`, with one of the two left out for no bound. */
const capacitySchema = v.pipe(
  v.string(),
  v.check(
    (text) => capacityRange(text) !== undefined,
    fault('is not a range of sizes', 'write the least and the most, as "10Gi,100Gi", "10Gi," or ",100Gi"'),
  ),
);

const namesSchema = v.pipe(
  v.array(v.pipe(v.string(), v.nonEmpty(fault('is empty', 'name one thing an entry')))),
  v.minLength(1, fault('is empty', 'name one thing or more, or leave the condition out')),
);

const conditionsSchema = v.strictObject({
  capacity: v.optional(capacitySchema),
  storageClass: v.optional(namesSchema),
  csi: v.optional(
    v.pipe(
      v.strictObject({
        driver: v.optional(v.string()),
        volumeAttributes: v.optional(v.record(v.string(), v.string())),
      }),
      v.check(
        ({ driver, volumeAttributes }) => Boolean(driver) || volumeAttributes === undefined,
        fault('has volumeAttributes without a driver', 'name the driver that they belong to'),
      ),
    ),
  ),
  nfs: v.optional(v.strictObject({ server: v.optional(v.string()), path: v.optional(v.string()) })),
  volumeTypes: v.optional(
    v.pipe(
      v.array(v.picklist(volumeTypes)),
      v.minLength(1, fault('is empty', 'name one thing or more, or leave the condition out')),
    ),
  ),
  pvcLabels: v.optional(v.record(v.string(), v.string())),
  pvcPhase: v.optional(v.array(v.picklist(['Pending', 'Bound', 'Lost']))),
  pvcVolumeMode: v.optional(v.picklist(['Filesystem', 'Block'])),
  pvcAccessModes: v.optional(
    v.array(v.picklist(['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'])),
  ),
});

const actions = ['skip', 'fs-backup', 'snapshot'] as const;

const actionSchema = v.pipe(
  v.strictObject({
    type: v.picklist(actions, ({ input }) =>
      input === 'custom'
        ? fault(
            'is "custom", which is carried out by plugins of Velero',
            `write one of ${actions.join(', ')}`,
          )
        : fault('is not an action', `write one of ${actions.join(', ')}`),
    ),
    parameters: v.optional(
      v.strictObject({
        snapshotClass: v.optional(
          v.pipe(v.string(), v.nonEmpty(fault('is empty', 'name a VolumeSnapshotClass'))),
        ),
      }),
    ),
  }),
  v.check(
    ({ type, parameters }) => parameters?.snapshotClass === undefined || type === 'snapshot',
    fault('has a snapshotClass, and takes no snapshot', 'set type: snapshot, or leave snapshotClass out'),
  ),
);

const policySchema = v.strictObject({ conditions: v.optional(conditionsSchema, {}), action: actionSchema });

/** Velero refuses `*` here: the lists add to those of the spec. */
const resourcesSchema = v.pipe(
  excludesSchema,
  v.check(
    (list) => !list.some((name) => /[*?[{]/.test(name)),
    fault('has a pattern', 'name each resource: a policy takes no patterns'),
  ),
);

const includeExcludeSchema = v.pipe(
  v.strictObject({
    includedClusterScopedResources: v.optional(resourcesSchema),
    excludedClusterScopedResources: v.optional(resourcesSchema),
    includedNamespaceScopedResources: v.optional(resourcesSchema),
    excludedNamespaceScopedResources: v.optional(resourcesSchema),
    includedNamespacesByLabel: v.optional(v.array(selectorTextSchema)),
    excludedNamespacesByLabel: v.optional(v.array(selectorTextSchema)),
    labelSelectorLogic: v.optional(v.picklist(['OR', 'AND'])),
  }),
  v.check(
    (policy) =>
      inBoth(policy.includedClusterScopedResources, policy.excludedClusterScopedResources).length === 0 &&
      inBoth(policy.includedNamespaceScopedResources, policy.excludedNamespaceScopedResources).length === 0,
    fault('includes and excludes the same thing', 'take it out of one of the two lists'),
  ),
);

/** It is kept as an annotation of the backup, and a cluster that holds the backup has 256 KiB for all of its annotations. */
const mostCharacters = 32_768;

/**
 * The content of Velero's resource policies, as its ConfigMap has it (internal/resourcepolicies of Velero 1.18, v1; label
 * selectors for namespaces and the parameter snapshotClass as in its main branch). The action `custom` is refused: plugins
 * carry it out.
 */
export const resourcePoliciesSchema = v.pipe(
  v.strictObject({
    version: v.pipe(
      v.string(),
      v.check((text) => text === 'v1', fault('is not v1', 'write version: v1')),
    ),
    volumePolicies: v.optional(v.array(policySchema)),
    includeExcludePolicy: v.optional(includeExcludeSchema),
  }),
  v.check(
    (policies) => JSON.stringify(policies).length <= mostCharacters,
    fault(`has more than ${mostCharacters} characters`, 'write fewer or broader policies'),
  ),
  v.transform((policies): ResourcePolicies => policies),
);

/** Sizes in bytes, both inclusive. */
interface CapacityRange {
  least: number;
  most: number;
}

/**
 * Reads `10Gi,100Gi`; a bound that is empty or 0 is none, as in Velero. Undefined for what is not a range: one size alone,
 * or a least above the most.
 */
export function capacityRange(text: string): CapacityRange | undefined {
  const bounds = text.split(',').map((bound) => (bound.trim() === '' ? 0 : quantityOf(bound)));
  if (bounds.length !== 2) return undefined;
  const [least, upper] = bounds as [number, number];
  const most = upper === 0 ? Number.POSITIVE_INFINITY : upper;
  return least >= 0 && least <= most ? { least, most } : undefined;
}
