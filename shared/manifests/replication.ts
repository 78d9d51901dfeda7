import * as v from 'valibot';
import { includedNamespacesSchema } from './filter-rules';
import { metadataSchema } from './metadata';
import { longestReplicationName, nameSchema } from './names';
import { fault } from './parse';

export const replicationSchema = v.pipe(
  v.strictObject({
    kind: v.literal('Replication'),
    metadata: metadataSchema,
    spec: v.strictObject({
      source: v.strictObject({
        vault: nameSchema,
        cluster: nameSchema,
        /** Only backups of this schedule. */
        schedule: v.optional(nameSchema),
        /** Only these namespaces are restored, and only backups that have one of them. All when absent. */
        namespaces: v.optional(includedNamespacesSchema),
      }),
      targets: v.pipe(
        v.array(nameSchema),
        v.minLength(1, fault('is empty', 'name at least one cluster')),
        v.check(
          (names) => new Set(names).size === names.length,
          fault('names a cluster twice', 'name each once'),
        ),
      ),
      /** `seed`: what exists in the target is left alone. */
      policy: v.picklist(['seed']),
      namespaceMapping: v.optional(v.record(v.string(), nameSchema)),
      /** Phases of a backup that are replicated. */
      onlyIf: v.optional(v.array(v.picklist(['Completed', 'PartiallyFailed'])), ['Completed']),
      allowEmptyVolumes: v.optional(v.boolean(), false),
      paused: v.optional(v.boolean(), false),
    }),
  }),
  v.check(
    ({ spec }) => !spec.targets.includes(spec.source.cluster),
    fault('has its source among its targets', 'take the source cluster out of spec.targets'),
  ),
  v.check(
    ({ metadata }) => metadata.name.length <= longestReplicationName,
    fault(
      'has a name too long for the restores it makes',
      `shorten it to ${longestReplicationName} characters`,
    ),
  ),
);

/** "When this cluster's backup lands in this vault, restore it into those clusters." */
export type Replication = v.InferOutput<typeof replicationSchema>;
export type ReplicationInput = v.InferInput<typeof replicationSchema>;
