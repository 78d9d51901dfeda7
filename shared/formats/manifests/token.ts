import * as v from 'valibot';
import { instantSchema } from './instant';
import { metadataSchema } from './metadata';
import { nameSchema } from '../../platform/input/names';
import { fault } from '../../platform/input/parse';

/**
 * What a caller of the HTTP API may do; each may do what those before it may.
 * - `viewer`: read
 * - `operator`: also start and cancel runs; run, pause and skip schedules; pause replications; hold backups
 * - `admin`: also make, change and delete vaults, schedules and replications; delete backups
 */
export const roles = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof roles)[number];

export const tokenSchema = v.strictObject({
  kind: v.literal('Token'),
  metadata: metadataSchema,
  spec: v.strictObject({
    role: v.picklist(roles),
    /** Only what concerns these clusters alone; everything when absent. */
    clusters: v.optional(
      v.pipe(
        v.array(nameSchema),
        v.minLength(1, fault('is empty', 'name a cluster, or leave it out for all')),
      ),
    ),
    createdAt: instantSchema,
    expiresAt: instantSchema,
    /** Of the whole token, in hex; the token itself is kept nowhere. */
    sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, fault('is not a SHA-256', 'make the token again'))),
  }),
});

/** A bearer token for the HTTP API, as far as it is kept. */
export type TokenManifest = v.InferOutput<typeof tokenSchema>;

/** What tells a token from others that have or had its name: the first 16 hex digits of its SHA-256. */
export function tokenId({ spec }: TokenManifest): string {
  return spec.sha256.slice(0, 16);
}
