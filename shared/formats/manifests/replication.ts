import * as v from 'valibot';
import { includedNamespacesSchema } from './selection/filter-rules';
import { durationSchema } from './go-duration';
import { metadataSchema } from './metadata';
import { longestReplicationName, nameSchema } from '../../platform/input/names';
import { fault } from '../../platform/input/parse';
import { namespaceMappingSchema } from './restore-spec';
import { publicKeySchema } from './public-key';
import { transformsSchema } from './modifiers/transforms';

export const replicationSchema = v.pipe(
  v.strictObject({
    kind: v.literal('Replication'),
    metadata: metadataSchema,
    spec: v.strictObject({
      source: v.strictObject({
        vault: nameSchema,
        cluster: nameSchema,
        /** uid of its kube-system namespace, where the cluster is not registered here but by another installation. */
        clusterUid: v.optional(
          v.pipe(
            v.string(),
            v.regex(/^[0-9A-Za-z-]{1,64}$/, fault('is not a uid', 'write it as kubectl shows it')),
          ),
        ),
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
      /**
       * `seed`: what exists in the target is left alone. `mirror`: it is updated, and what this rule created is deleted
       * once the source no longer has it.
       */
      policy: v.picklist(
        ['seed', 'mirror'],
        fault(
          'must be named',
          'write seed (what exists stays) or mirror (updated and deleted after the source)',
        ),
      ),
      namespaceMapping: v.optional(namespaceMappingSchema),
      /** What is changed of the objects on their way; `passive` for a standby. */
      transforms: v.optional(transformsSchema),
      /** Phases of a backup that are replicated. */
      onlyIf: v.optional(
        v.pipe(
          v.array(v.picklist(['Completed', 'PartiallyFailed'])),
          v.minLength(
            1,
            fault('is empty, so nothing would be restored', 'leave it out for Completed, or name a phase'),
          ),
        ),
        ['Completed'],
      ),
      allowEmptyVolumes: v.optional(v.boolean(), false),
      /** `snapshots`: claims get their data from CSI snapshots, which the target's driver must see. Absent: they come without data. */
      volumes: v.optional(v.picklist(['snapshots'])),
      /** How long each restore waits in all for webhooks, CRDs and the like. */
      resourceTimeout: v.optional(durationSchema),
      paused: v.optional(v.boolean(), false),
      /** Keys whose signature is believed. What this installation's own state committed needs none. */
      trustedKeys: v.optional(v.array(publicKeySchema)),
      /** Also backups that nobody signed, Velero's for example: without cluster-scoped objects and RBAC. Takes namespaces by name. */
      trustUnsigned: v.optional(v.boolean(), false),
      /** Cluster-scoped resources and RBAC that an unsigned backup may bring all the same, `clusterroles.rbac.authorization.k8s.io`. */
      unsignedResources: v.optional(
        v.array(
          v.pipe(
            v.string(),
            v.regex(/^[a-z0-9]+(\.[a-z0-9.-]+)?$/, fault('is not a resource', 'write plural.group')),
          ),
        ),
      ),
    }),
  }),
  v.check(
    ({ spec }) => !(spec.policy === 'mirror' && spec.trustUnsigned),
    fault(
      'mirrors unsigned backups: whoever can write to the vault could delete in the target',
      'use policy seed, or name the keys to trust (spec.trustedKeys)',
    ),
  ),
  v.check(
    ({ spec }) => !spec.unsignedResources?.length || spec.trustUnsigned,
    fault(
      'lists spec.unsignedResources and trusts no unsigned backup',
      'add trustUnsigned, or leave them out',
    ),
  ),
  v.check(
    ({ spec }) => !spec.targets.includes(spec.source.cluster),
    fault(
      'has its source among its targets: a cluster cannot be its own standby',
      'take the source cluster out of spec.targets',
    ),
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
