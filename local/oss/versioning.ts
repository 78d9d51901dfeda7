import { randomBytes } from 'node:crypto';
import type { BucketConfig } from './storage/bucket-config';
import type { ObjectVersion } from './storage/object-version';

/** The id of the version that a write makes: `null` unless versioning is on. */
export function newVersionId({ versioning }: BucketConfig): string {
  return versioning === 'Enabled' ? `CAEQ${randomBytes(36).toString('hex')}` : 'null';
}

/** The versions after a new one was written: with versioning on it comes first, else it takes the place of the `null` one. */
export function withVersion(
  config: BucketConfig,
  versions: readonly ObjectVersion[],
  added: ObjectVersion,
): ObjectVersion[] {
  if (config.versioning === undefined) return [added];
  return [added, ...versions.filter(({ versionId }) => versionId !== added.versionId)];
}

/** The version that a deletion leaves in a versioned bucket. */
export function deleteMarker(config: BucketConfig, lastModified: string): ObjectVersion {
  return {
    versionId: newVersionId(config),
    deleteMarker: true,
    type: 'Normal',
    size: 0,
    etag: '',
    lastModified,
    headers: {},
    body: [],
  };
}

/** Only where versioning was ever set do answers name a version. */
export function versionHeader(config: BucketConfig, versionId: string): Record<string, string> {
  return config.versioning === undefined ? {} : { 'x-oss-version-id': versionId };
}
