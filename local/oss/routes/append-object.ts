import { createHash } from 'node:crypto';
import { bucketOf, type Call, integerParameter, type Reply, timestamp } from '../call';
import { headersToStore } from '../object-headers';
import { OssError } from '../oss-error';
import { combineCrc64 } from '../storage/crc64-combine';
import type { ObjectVersion } from '../storage/object-version';
import { newVersionId, versionHeader, withVersion } from '../versioning';
import { refuseLoss } from '../worm';
import { checkKey } from './overwrite';
import { receiveBody } from './put-object';

/** `POST /key?append&position=N`: compare-and-append. On a versioned bucket an appendable object grows in its version. */
export async function appendObject(call: Call): Promise<Reply> {
  const bucket = bucketOf(call);
  const key = call.key!;
  checkKey(key);
  if (!call.query.has('position')) throw new OssError('MissingArgument');
  const position = integerParameter(call, 'position', 0, 0, Number.MAX_SAFE_INTEGER);
  const headers = headersToStore(call, bucket.config);
  const { segment, md5, crc64 } = await receiveBody(call, bucket);
  try {
    const grown = await call.commit(() =>
      bucket.change<ObjectVersion>(key, async (versions) => {
        const present = versions[0]?.deleteMarker ? undefined : versions[0];
        if (present && present.type !== 'Appendable') throw new OssError('ObjectNotAppendable');
        if (present) refuseLoss(bucket.config, [present], key, call.clock.now());
        const length = present?.size ?? 0;
        if (position !== length) {
          throw new OssError('PositionNotEqualToLength', {
            headers: { 'x-oss-next-append-position': String(length) },
          });
        }
        const version: ObjectVersion = {
          versionId: present?.versionId ?? newVersionId(bucket.config),
          type: 'Appendable',
          size: length + segment.size,
          etag: createHash('md5')
            .update((present?.etag ?? '') + md5)
            .digest('hex')
            .toUpperCase(),
          crc64: combineCrc64(present?.crc64 ?? '0', crc64, segment.size),
          lastModified: timestamp(call),
          headers: present?.headers ?? headers,
          body: [...(present?.body ?? []), segment],
        };
        return { versions: withVersion(bucket.config, versions, version), result: version };
      }),
    );
    const { size, etag } = grown;
    const name = 'ObjectCreated:AppendObject';
    call.emit({ name, bucket: bucket.config.name, key, size, etag, deltaSize: segment.size });
    return {
      status: 200,
      headers: {
        ETag: `"${etag}"`,
        'x-oss-hash-crc64ecma': grown.crc64,
        'x-oss-next-append-position': size,
        ...versionHeader(bucket.config, grown.versionId),
      },
    };
  } catch (error) {
    await bucket.discard(key, [segment]);
    throw error;
  }
}
