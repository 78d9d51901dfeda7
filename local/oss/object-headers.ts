import type { Call } from './call';
import { OssError } from './oss-error';
import type { BucketConfig } from './storage/bucket-config';
import type { ObjectVersion } from './storage/object-version';

const kept = ['content-type', 'cache-control', 'content-disposition', 'content-encoding', 'expires'];
const algorithms = ['AES256', 'KMS', 'SM4'];
const maximumMetaBytes = 8 * 1024;

/** What an object is stored with: its metadata, storage class and encryption, as its headers say them. */
export function headersToStore(call: Call, config: BucketConfig): Record<string, string> {
  const stored: Record<string, string> = {
    ...metadataOf(call.headers),
    'x-oss-storage-class': call.headers['x-oss-storage-class'] ?? config.storageClass,
  };
  return { ...stored, ...encryptionOf(call, config) };
}

/** Content headers and x-oss-meta-*: what a copy takes over or replaces. */
function metadataOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  const stored: Record<string, string> = { 'content-type': 'application/octet-stream' };
  let metaBytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith('x-oss-meta-')) metaBytes += Buffer.byteLength(name + value);
    else if (!kept.includes(name)) continue;
    stored[name] = value;
  }
  if (metaBytes > maximumMetaBytes) {
    throw new OssError('InvalidArgument', { message: 'The user metadata is larger than 8 KB.' });
  }
  return stored;
}

/** The algorithm that the bucket's encryption rule names. */
export function defaultEncryption({ documents }: BucketConfig): string | undefined {
  return /<SSEAlgorithm>(\w+)<\/SSEAlgorithm>/.exec(documents.encryption ?? '')?.[1];
}

function encryptionOf(call: Call, config: BucketConfig): Record<string, string> {
  const algorithm = call.headers['x-oss-server-side-encryption'] ?? defaultEncryption(config);
  if (algorithm === undefined) return {};
  if (!algorithms.includes(algorithm)) {
    throw new OssError('InvalidArgument', {
      elements: { ArgumentName: 'x-oss-server-side-encryption', ArgumentValue: algorithm },
    });
  }
  const further = ['x-oss-server-side-encryption-key-id', 'x-oss-server-side-data-encryption'].filter(
    (name) => call.headers[name] !== undefined,
  );
  return {
    'x-oss-server-side-encryption': algorithm,
    ...Object.fromEntries(further.map((name) => [name, call.headers[name]!])),
  };
}

/** The encryption headers with which a write is answered. */
export function encryptionHeaders({ headers }: Pick<ObjectVersion, 'headers'>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.startsWith('x-oss-server-side-')),
  );
}

/** The headers that HEAD and GET show of an object. */
export function shownHeaders(version: ObjectVersion): Record<string, string | undefined> {
  return {
    ETag: `"${version.etag}"`,
    'Last-Modified': new Date(version.lastModified).toUTCString(),
    'Accept-Ranges': 'bytes',
    'x-oss-object-type': version.type,
    'x-oss-hash-crc64ecma': version.crc64,
    ...version.headers,
    ...(version.type === 'Appendable' ? { 'x-oss-next-append-position': String(version.size) } : {}),
  };
}
