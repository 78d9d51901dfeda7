import * as v from 'valibot';
import { metadataSchema } from './metadata';
import { fault } from './parse';
import { sealedSchema } from '../seal/sealed';

export const clusterSchema = v.strictObject({
  kind: v.literal('Cluster'),
  metadata: metadataSchema,
  spec: v.strictObject({
    /** Origin of the API server; bound into the seal. */
    server: v.pipe(v.string(), v.url(fault('is not a URL', 'write https://host:6443'))),
    /** The sanitised kubeconfig, sealed. Never in clear. */
    sealedKubeconfig: sealedSchema,
    /** uid of the kube-system namespace: the cluster's identity. */
    uid: v.optional(v.string()),
    /** Version as the server told it when the cluster was registered. */
    serverVersion: v.optional(v.string()),
  }),
});

/** A registered Kubernetes cluster. */
export type ClusterManifest = v.InferOutput<typeof clusterSchema>;
