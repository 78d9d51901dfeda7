import { bucketNamed, bucketOf, type Call, type Reply } from '../call';
import { shownHeaders } from '../object-headers';
import { OssError } from '../oss-error';
import type { ObjectVersion } from '../storage/object-version';
import { versionHeader } from '../versioning';
import { checkConditions } from './conditions';
import { parseRange } from './range';

/** The version that is read: the one named, or the current one. Throws NoSuchKey, NoSuchVersion, MethodNotAllowed (a marker). */
export function findVersion(
  call: Call,
  bucketName: string,
  key: string,
  versionId: string | undefined,
): ObjectVersion {
  const bucket = bucketNamed(call, bucketName);
  const versions = bucket.versions(key);
  const found = versionId ? versions.find((version) => version.versionId === versionId) : versions[0];
  const marker = found?.deleteMarker
    ? { 'x-oss-delete-marker': 'true', ...versionHeader(bucket.config, found.versionId) }
    : {};
  if (versionId) {
    if (!found) throw new OssError('NoSuchVersion', { elements: { Key: key, VersionId: versionId } });
    if (found.deleteMarker) {
      throw new OssError('MethodNotAllowed', { elements: { Method: call.method }, headers: marker });
    }
  }
  if (!found || found.deleteMarker) {
    throw new OssError('NoSuchKey', { elements: { Key: key }, headers: marker });
  }
  return found;
}

const archiveClasses: ReadonlySet<string | undefined> = new Set([
  'Archive',
  'ColdArchive',
  'DeepColdArchive',
]);

/** Bytes in an archive class are read only after a restore, which this server does not offer. Throws InvalidObjectState. */
export function refuseArchived(call: Call, { headers }: ObjectVersion): void {
  if (!archiveClasses.has(headers['x-oss-storage-class'])) return;
  throw new OssError('InvalidObjectState', { elements: { ObjectName: call.key ?? '' } });
}

/** The response headers that a query may set: `response-content-type` and its kind. */
function overrides(call: Call): Record<string, string> {
  const set = [...call.query].filter(([name]) => name.startsWith('response-'));
  return Object.fromEntries(set.map(([name, value]) => [name.slice('response-'.length), value]));
}

/** `GET /key`, `HEAD /key`. */
export async function getObject(call: Call): Promise<Reply> {
  const bucket = bucketOf(call);
  const version = findVersion(call, bucket.config.name, call.key!, call.query.get('versionId'));
  const headers = {
    ...shownHeaders(version),
    ...versionHeader(bucket.config, version.versionId),
    ...overrides(call),
  };
  if (checkConditions(call.headers, version) === 'not-modified') return { status: 304, headers };
  if (call.method === 'HEAD') return { status: 200, headers: { ...headers, 'Content-Length': version.size } };
  refuseArchived(call, version);
  const standard = call.headers['x-oss-range-behavior'] === 'standard';
  const span = parseRange(call.headers.range, version.size, standard);
  const { start, end } = span ?? { start: 0, end: version.size };
  return {
    status: span ? 206 : 200,
    headers: {
      ...headers,
      ...(span ? { 'Content-Range': `bytes ${start}-${end - 1}/${version.size}` } : {}),
    },
    body: { stream: bucket.bodies.read(version.body, start, end), length: end - start },
  };
}

/** `HEAD /key?objectMeta`: what costs nothing to know. */
export async function getObjectMeta(call: Call): Promise<Reply> {
  const bucket = bucketOf(call);
  const version = findVersion(call, bucket.config.name, call.key!, call.query.get('versionId'));
  return {
    status: 200,
    headers: {
      'Content-Length': version.size,
      ETag: `"${version.etag}"`,
      'Last-Modified': new Date(version.lastModified).toUTCString(),
      'x-oss-hash-crc64ecma': version.crc64,
      ...versionHeader(bucket.config, version.versionId),
    },
  };
}
