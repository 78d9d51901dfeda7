import { bucketOf, type Call, type Reply, timestamp, xmlReply } from '../call';
import { encryptionHeaders, headersToStore } from '../object-headers';
import { OssError } from '../oss-error';
import { versionHeader } from '../versioning';
import { element } from '../xml';
import { copySource } from './copy-source';
import { checkKey, putVersion, refuseConditions } from './overwrite';

const maximumBytes = 1024 ** 3;

/** `PUT /key` with x-oss-copy-source: the bytes are shared, not copied. The copy has no CRC-64, as OSS may leave it out. */
export async function copyObject(call: Call): Promise<Reply> {
  const bucket = bucketOf(call);
  checkKey(call.key!);
  refuseConditions(call);
  const source = copySource(call);
  if (source.version.size > maximumBytes) {
    throw new OssError('EntityTooLarge', { message: 'An object above 1 GB is copied by parts.' });
  }
  const replace = call.headers['x-oss-metadata-directive'] === 'REPLACE';
  const stored = headersToStore(call, bucket.config);
  const { 'x-oss-storage-class': storageClass, ...encryption } = Object.fromEntries(
    Object.entries(stored).filter(([name]) => name.startsWith('x-oss-s')),
  );
  const kept = Object.fromEntries(
    Object.entries(source.version.headers).filter(([name]) => !name.startsWith('x-oss-s')),
  );
  const headers = replace ? stored : { ...kept, 'x-oss-storage-class': storageClass!, ...encryption };
  const version = await call.commit(() =>
    putVersion(call, bucket, 'ObjectCreated:CopyObject', async () => ({
      type: source.version.type === 'Appendable' ? 'Normal' : source.version.type,
      size: source.version.size,
      etag: source.version.etag,
      lastModified: timestamp(call),
      headers,
      body: await bucket.bodies.share(source.bucket.bodies, source.version.body),
    })),
  );
  return xmlReply(
    element(
      'CopyObjectResult',
      element('ETag', `"${version.etag}"`),
      element('LastModified', version.lastModified),
    ),
    {
      ETag: `"${version.etag}"`,
      ...versionHeader(bucket.config, version.versionId),
      ...(source.bucket.config.versioning
        ? { 'x-oss-copy-source-version-id': source.version.versionId }
        : {}),
      ...encryptionHeaders(version),
    },
  );
}
