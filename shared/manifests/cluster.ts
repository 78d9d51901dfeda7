import * as v from 'valibot';
import { metadataSchema } from './metadata';
import { fault } from './parse';

export const clusterSchema = v.strictObject({
  kind: v.literal('Cluster'),
  metadata: metadataSchema,
  spec: v.strictObject({
    /** Origin of the API server; bound into the seal. */
    server: v.pipe(v.string(), v.url(fault('is not a URL', 'write https://host:6443'))),
    /** The sanitised kubeconfig, sealed (AES-256-GCM). Never in clear. */
    sealedKubeconfig: v.strictObject({
      version: v.literal(1),
      algorithm: v.literal('AES-256-GCM'),
      /** Which key sealed it. */
      keyId: v.string(),
      /** Base64, like the two that follow. */
      nonce: v.string(),
      ciphertext: v.string(),
      tag: v.string(),
    }),
    /** uid of the kube-system namespace: the cluster's identity. */
    uid: v.optional(v.string()),
    /** Version as the server told it when the cluster was registered. */
    serverVersion: v.optional(v.string()),
  }),
});

/** A registered Kubernetes cluster. */
export type ClusterManifest = v.InferOutput<typeof clusterSchema>;
