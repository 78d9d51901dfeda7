import * as v from 'valibot';
import { metadataSchema } from './metadata';
import { fault } from './parse';

/** Region id without the `oss-` in front. */
export const regionSchema = v.pipe(
  v.string(),
  v.regex(/^[a-z]{2}-[a-z0-9-]+$/, fault('is not a region', 'write its id, for example cn-hangzhou')),
);

/** OSS's rule for bucket names. */
export const bucketSchema = v.pipe(
  v.string(),
  v.regex(
    /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
    fault('is not a bucket name', 'use 3 to 63 lower-case letters, digits and hyphens'),
  ),
);

/** A prefix in a bucket: slashes at the ends are dropped. */
export const subdirectorySchema = v.pipe(
  v.string(),
  v.transform((text) => text.replace(/^\/+|\/+$/g, '')),
  v.regex(
    /^([A-Za-z0-9_.=-]+(\/[A-Za-z0-9_.=-]+)*)?$/,
    fault('is not a subdirectory', 'use letters, digits, "_", "-", "." and "=", with "/" between folders'),
  ),
  v.check(
    (text) => !text.split('/').some((folder) => folder === '.' || folder === '..'),
    fault('has a folder "." or ".."', 'write the path without it'),
  ),
);

export const networkTypeSchema = v.picklist(['public', 'internal']);

export const vaultSchema = v.strictObject({
  kind: v.literal('Vault'),
  metadata: metadataSchema,
  spec: v.strictObject({
    region: regionSchema,
    bucket: bucketSchema,
    subdirectory: v.optional(subdirectorySchema),
    networkType: v.optional(networkTypeSchema, 'public'),
    /** Instead of the region's own endpoint: a custom domain or, on one machine, the local OSS server. */
    endpoint: v.optional(v.pipe(v.string(), v.url(fault('is not a URL', 'write https://host')))),
  }),
});

/** Where backups are kept. */
export type Vault = v.InferOutput<typeof vaultSchema>;
/** A vault as it is given, before defaults. */
export type VaultInput = v.InferInput<typeof vaultSchema>;

/** `subdirectory/`, or empty: the prefix of a vault's keys. */
export function vaultPrefix(vault: Vault): string {
  return vault.spec.subdirectory ? `${vault.spec.subdirectory}/` : '';
}
