import type OSS from 'ali-oss';
import { isKind } from '../errors';
import type { OssLocation } from './oss-location';
import { type OssAccess, type OssDependencies, openPlace } from './oss-store';
import { hasCode } from './store-error';

/** What is so of a bucket as a whole. `unknown` where the key may not ask. */
export interface BucketFacts {
  /** `cn-hangzhou`. */
  region: string | 'unknown';
  /** `never`: x-oss-forbid-overwrite means something only there. */
  versioning: 'never' | 'Enabled' | 'Suspended' | 'unknown';
  /** `days` of retention, once it is locked, cannot be shortened by anybody. */
  worm: { state: string; days: number } | 'none' | 'unknown';
  /** What new objects are encrypted with: `AES256`, `KMS`, `SM4`. */
  encryption: string | 'none' | 'unknown';
  /** RAM actions that the key lacks to tell the rest: `oss:GetBucketWorm`. */
  denied: string[];
}

/**
 * Asks OSS about a bucket, by two calls, three where GetBucketInfo is denied. Works for the bucket of the state as for a
 * vault's. Throws LifeboatError `not-found` for a bucket that is not there, `denied` where it lies in another region or the
 * key is wrong, `unavailable`.
 */
export async function readBucketFacts(
  location: OssLocation,
  access: OssAccess,
  deps: OssDependencies,
): Promise<BucketFacts> {
  const { connection, bucket } = openPlace({ ...location, prefix: '' }, access, deps);
  const denied: string[] = [];
  const ask = async <T>(op: string, run: (client: OSS) => Promise<T>): Promise<T | undefined> => {
    try {
      return await connection.call(op, `oss://${bucket}`, run);
    } catch (error) {
      if (!isMissingRight(error)) throw error;
      denied.push(`oss:${op}`);
      return undefined;
    }
  };
  const info = await ask('GetBucketInfo', async (client) => (await client.getBucketInfo(bucket)).bucket);
  const versions = info
    ? { versionStatus: info.Versioning }
    : await ask('GetBucketVersioning', (client) => client.getBucketVersioning(bucket));
  const worm = await ask('GetBucketWorm', (client) =>
    client.getBucketWorm(bucket).catch((error: { code?: unknown }) => {
      if (error.code === 'NoSuchWORMConfiguration') return undefined;
      throw error;
    }),
  ).then((found) => (denied.includes('oss:GetBucketWorm') ? 'unknown' : found));
  const algorithm = info?.ServerSideEncryptionRule?.SSEAlgorithm;
  return {
    region: info?.Location?.replace(/^oss-/, '') ?? 'unknown',
    versioning: versions ? versioningOf(versions.versionStatus) : 'unknown',
    worm: worm === 'unknown' ? worm : wormOf(worm),
    encryption: !info ? 'unknown' : algorithm === undefined || algorithm === 'None' ? 'none' : algorithm,
    denied,
  };
}

/** A policy that lacks the action, not a wrong key or a service that is down. */
function isMissingRight(error: unknown): boolean {
  return isKind(error, 'denied') && hasCode(error, 'AccessDenied', 'NoPermission', 'Forbidden');
}

function versioningOf(status: string | undefined): BucketFacts['versioning'] {
  return status === 'Enabled' || status === 'Suspended' ? status : 'never';
}

function wormOf(worm: { state?: string; days?: string } | undefined): BucketFacts['worm'] {
  if (!worm || worm.state === 'Expired') return 'none';
  return { state: worm.state ?? '', days: Number(worm.days) };
}
