import * as v from 'valibot';
import { sealedSchema } from '../../platform/seal/seal';
import { metadataSchema } from './metadata';
import { fault } from '../../platform/input/parse';
import { publicKeySchema } from './public-key';

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

/** OSS takes keys of 1023 bytes; the longest below a vault's prefix has under 400. */
const longestSubdirectory = 600;

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
  v.maxLength(
    longestSubdirectory,
    fault('is too long for a subdirectory', 'OSS allows keys of 1023 bytes: shorten it'),
  ),
);

export const networkTypeSchema = v.picklist(['public', 'internal']);

/** A permanent key that may use the bucket, its secret sealed. The id is none. */
const accessKeySchema = v.strictObject({
  id: v.pipe(
    v.string(),
    v.regex(/^[A-Za-z0-9._-]{1,128}$/, fault('is not the id of an access key', 'write it as RAM shows it')),
  ),
  sealedSecret: sealedSchema,
});

/** A RAM role, perhaps of another account, that is assumed to use the bucket. */
const roleSchema = v.strictObject({
  arn: v.pipe(
    v.string(),
    v.regex(
      /^acs:ram::\d{1,32}:role\/[A-Za-z0-9.@_-]{1,64}$/,
      fault('is not the ARN of a role', 'write acs:ram::<account>:role/<name>'),
    ),
  ),
  /** What the role's trust policy may ask for, where the role is another account's. */
  externalId: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[\w=,.@:/-]{2,1224}$/, fault('is not an external id', 'write it as the role names it')),
    ),
  ),
});

export const vaultSchema = v.pipe(
  v.strictObject({
    kind: v.literal('Vault'),
    metadata: metadataSchema,
    spec: v.strictObject({
      region: regionSchema,
      bucket: bucketSchema,
      subdirectory: v.optional(subdirectorySchema),
      networkType: v.optional(networkTypeSchema, 'public'),
      /** Instead of the region's own endpoint: a custom domain or, on one machine, the local OSS server. */
      endpoint: v.optional(v.pipe(v.string(), v.url(fault('is not a URL', 'write https://host')))),
      /** Velero's word. In a ReadOnly vault nothing is ever written or deleted; without it, ReadWrite. */
      accessMode: v.optional(v.picklist(['ReadWrite', 'ReadOnly'])),
      /** Other installations that say the same may write to it too. */
      share: v.optional(v.boolean()),
      /** Readers take what these keys signed as proved, beside what this installation committed or signed itself. */
      trustedKeys: v.optional(v.array(publicKeySchema)),
      accessKey: v.optional(accessKeySchema),
      role: v.optional(roleSchema),
    }),
  }),
  v.check(
    ({ spec }) => spec.accessKey === undefined || spec.role === undefined,
    fault('has both an access key and a role', 'keep one of the two'),
  ),
  v.check(
    ({ spec }) => spec.share !== true || spec.accessMode !== 'ReadOnly',
    fault('is read-only and shared', 'leave out spec.share: who only reads keeps nobody from writing'),
  ),
);

/** Where backups are kept. */
export type Vault = v.InferOutput<typeof vaultSchema>;

/** `subdirectory/`, or empty: the prefix of a vault's keys. */
export function vaultPrefix(vault: Vault): string {
  return vault.spec.subdirectory ? `${vault.spec.subdirectory}/` : '';
}

/** Nothing is ever written to it or deleted from it. */
export function isReadOnly({ spec }: Pick<Vault, 'spec'>): boolean {
  return spec.accessMode === 'ReadOnly';
}
