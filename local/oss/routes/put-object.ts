import { bucketOf, type Call, checkContentMd5, type Reply, timestamp } from '../call';
import { encryptionHeaders, headersToStore } from '../object-headers';
import { OssError } from '../oss-error';
import type { StoredBody } from '../storage/bodies';
import type { Bucket } from '../storage/bucket';
import { versionHeader } from '../versioning';
import { checkKey, putVersion, refuseConditions, refuseOverwrite } from './overwrite';

const maximumBytes = 5 * 1024 ** 3;

/** Takes the body of a request to disk, length and Content-MD5 verified. Nothing is visible yet. */
export async function receiveBody(call: Call, bucket: Bucket): Promise<StoredBody> {
  const length = call.headers['content-length'];
  if (length === undefined && call.headers['transfer-encoding'] === undefined) {
    throw new OssError('MissingContentLength');
  }
  if (Number(length ?? 0) > maximumBytes) throw new OssError('EntityTooLarge');
  const stored = await bucket.bodies.write(call.body());
  try {
    checkContentMd5(call, stored.md5);
    if (stored.segment.size > maximumBytes) throw new OssError('EntityTooLarge');
  } catch (error) {
    await bucket.bodies.remove([stored.segment]);
    throw error;
  }
  return stored;
}

/** `PUT /key`. */
export async function putObject(call: Call): Promise<Reply> {
  const bucket = bucketOf(call);
  checkKey(call.key!);
  refuseConditions(call);
  refuseOverwrite(call, bucket, call.key!);
  const headers = headersToStore(call, bucket.config);
  const stored = await receiveBody(call, bucket);
  try {
    const version = await call.commit(() =>
      putVersion(call, bucket, 'ObjectCreated:PutObject', async () => ({
        type: 'Normal',
        size: stored.segment.size,
        etag: stored.md5,
        crc64: stored.crc64,
        lastModified: timestamp(call),
        headers,
        body: [stored.segment],
      })),
    );
    return {
      status: 200,
      headers: {
        ETag: `"${version.etag}"`,
        'x-oss-hash-crc64ecma': stored.crc64,
        'Content-MD5': Buffer.from(stored.md5, 'hex').toString('base64'),
        ...versionHeader(bucket.config, version.versionId),
        ...encryptionHeaders(version),
      },
    };
  } catch (error) {
    await bucket.discard(call.key!, [stored.segment]);
    throw error;
  }
}
