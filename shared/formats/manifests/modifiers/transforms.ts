import * as v from 'valibot';
import { finishedSchema } from '../finished-kinds';
import { annotationsSchema, labelsSchema } from '../metadata';
import { fault } from '../../../platform/input/parse';
import { resourceModifiersSchema } from './resource-modifiers';

const quantitySchema = v.pipe(
  v.string(),
  v.regex(/^\d+(\.\d+)?([KMGTPE]i?|[kmunp])?$/, fault('is not a size', 'write it as Kubernetes does: 20Gi')),
);

const imagePrefixSchema = v.pipe(
  v.string(),
  v.regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/-]*$/,
    fault('is not the beginning of an image', 'write a registry or a path in it: registry.example.com/team'),
  ),
);

const classMappingSchema = v.strictObject({
  /** Class in the target. */
  to: v.pipe(v.string(), v.minLength(1, fault('is empty', 'name the class of the target'))),
  /** Access modes that claims of this class are to have there. */
  accessModes: v.optional(
    v.array(v.picklist(['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'])),
  ),
  /** Claims of this class are at least so large there. */
  minimumSize: v.optional(quantitySchema),
});

/** What a restore changes of the objects that it brings, in this order. */
export const transformsSchema = v.strictObject({
  /** Beginning of an image → what takes its place; the longest fits. Tags and digests stay. */
  images: v.optional(v.record(imagePrefixSchema, imagePrefixSchema)),
  /** Storage class of the backup → class of the target. */
  storageClasses: v.optional(v.record(v.string(), classMappingSchema)),
  /** Also maps namespaces in the values of environment variables. */
  mapEnvironment: v.optional(v.boolean()),
  /** Deployments, StatefulSets, ReplicaSets and ReplicationControllers come with no replicas. */
  replicasToZero: v.optional(v.boolean()),
  labels: v.optional(labelsSchema),
  annotations: v.optional(annotationsSchema),
  /** Velero's resource modifiers, as its ConfigMap has them. */
  resourceModifiers: v.optional(resourceModifiersSchema),
  /** More kinds whose finished objects are left out, and where their end is told. */
  finished: v.optional(finishedSchema),
  /** For a standby: nothing that is restored does anything until `lifeboat replication activate`. */
  passive: v.optional(v.boolean()),
});

export type Transforms = v.InferOutput<typeof transformsSchema>;
