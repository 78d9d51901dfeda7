import * as v from 'valibot';
import { networkTypeSchema } from '../../../formats/manifests/vault';
import { recoveryBoxSchema } from '../recovery/recovery-box';

const sealedSchema = v.strictObject({
  /** In the state. */
  key: v.string(),
  /** Of the field that was taken out: `spec.sealedKubeconfig`. */
  path: v.string(),
  box: recoveryBoxSchema,
});

export const stateExportSchema = v.strictObject({
  kind: v.literal('StateExport'),
  /** Version of this shape. */
  format: v.literal(1),
  installation: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  /** UTC. */
  day: v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d$/)),
  /** The vault that it lies in, as the installation knew it. */
  vault: v.strictObject({
    name: v.string(),
    region: v.string(),
    bucket: v.string(),
    subdirectory: v.optional(v.string()),
    networkType: v.optional(networkTypeSchema),
  }),
  /** What lay in the state, by key, without what was sealed. */
  objects: v.record(v.string(), v.unknown()),
  /** What was sealed, for the recovery key. */
  sealed: v.array(sealedSchema),
  /** What is not in it, each with the reason. */
  leftOut: v.array(v.strictObject({ key: v.string(), path: v.optional(v.string()), reason: v.string() })),
});

/** The state of an installation without its runs, as it is kept in a vault. */
export type StateExport = v.InferOutput<typeof stateExportSchema>;
