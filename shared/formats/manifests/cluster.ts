import * as v from 'valibot';
import { sealedSchema } from '../../platform/seal/sealed';
import { metadataSchema } from './metadata';
import { nameSchema } from '../../platform/input/names';
import { fault } from '../../platform/input/parse';
import { regionSchema } from './vault';

/** A cluster of ACK, whose kubeconfigs are fetched when they are used. */
const ackSchema = v.strictObject({
  clusterId: v.pipe(
    v.string(),
    v.regex(
      /^[A-Za-z0-9]{8,64}$/,
      fault('is not the id of an ACK cluster', 'write it as the ACK console shows it'),
    ),
  ),
  region: regionSchema,
  /** True for the address in the cluster's VPC. */
  private: v.optional(v.boolean(), false),
  /** How long a kubeconfig is good. */
  minutes: v.optional(
    v.pipe(
      v.number(),
      v.integer(fault('is no whole number', 'write minutes from 15 to 4320')),
      v.minValue(
        15,
        fault('is too short', 'ACK gives kubeconfigs for 15 minutes to 3 days: write 15 to 4320'),
      ),
      v.maxValue(
        4320,
        fault('is too long', 'ACK gives kubeconfigs for 15 minutes to 3 days: write 15 to 4320'),
      ),
    ),
    60,
  ),
});

/** What the credentials could do when they were last given or looked at. Informs people; decides nothing. */
const rightsSchema = v.strictObject({
  checkedAt: v.string(),
  capabilities: v.array(
    v.strictObject({
      purpose: v.picklist(['identity', 'backup', 'restore', 'restore-rbac', 'mirror']),
      extent: v.picklist(['cluster', 'namespaces', 'part', 'none', 'unknown']),
      namespaces: v.optional(v.array(v.string())),
    }),
  ),
});

export const clusterSchema = v.pipe(
  v.strictObject({
    kind: v.literal('Cluster'),
    metadata: metadataSchema,
    spec: v.strictObject({
      /** Of the API server; bound into the seal. Of an ACK cluster: as it was last told. */
      server: v.pipe(v.string(), v.url(fault('is not a URL', 'write https://host:6443'))),
      /** The sanitised kubeconfig, sealed. Never in clear. */
      sealedKubeconfig: v.optional(sealedSchema),
      /** Instead: where kubeconfigs are fetched. */
      ack: v.optional(ackSchema),
      /** Which set of workers reaches it: a suffix of their functions' names. Default: those without one. */
      network: v.optional(nameSchema),
      /** The namespaces that the credentials are for, where they are for some alone. */
      namespaces: v.optional(v.array(nameSchema)),
      /** uid of the kube-system namespace: the cluster's identity. */
      uid: v.optional(v.string()),
      /** Version as the server told it when the cluster was registered. */
      serverVersion: v.optional(v.string()),
    }),
    status: v.optional(v.strictObject({ rights: v.optional(rightsSchema) })),
  }),
  v.check(
    ({ spec }) => (spec.sealedKubeconfig === undefined) !== (spec.ack === undefined),
    fault('has neither a kubeconfig nor an ACK cluster, or both', 'register it with `lifeboat cluster add`'),
  ),
);

/** A registered Kubernetes cluster. */
export type ClusterManifest = v.InferOutput<typeof clusterSchema>;
export type AckSpec = v.InferOutput<typeof ackSchema>;
