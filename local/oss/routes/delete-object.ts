import { bucketOf, type Call, type Reply, timestamp, xmlBody, xmlReply } from '../call';
import { OssError } from '../oss-error';
import type { Bucket } from '../storage/bucket';
import type { ObjectVersion } from '../storage/object-version';
import { deleteMarker, versionHeader, withVersion } from '../versioning';
import { refuseLoss } from '../worm';
import { element, optional } from '../xml';

/** What a delete did: nothing, removed a version, or put a delete marker on top. */
interface Deletion {
  removed?: ObjectVersion;
  marker?: ObjectVersion;
}

async function deleteOne(call: Call, bucket: Bucket, key: string, versionId?: string): Promise<Deletion> {
  const { config } = bucket;
  return bucket.change<Deletion>(key, async (versions) => {
    const lose = (lost: readonly ObjectVersion[]) => refuseLoss(config, lost, key, call.clock.now());
    if (versionId !== undefined) {
      const removed = versions.find((version) => version.versionId === versionId);
      if (removed) lose([removed]);
      return { versions: versions.filter((version) => version !== removed), result: { removed } };
    }
    if (config.versioning === undefined) {
      lose(versions);
      return { versions: [], result: { removed: versions[0] } };
    }
    const marker = deleteMarker(config, timestamp(call));
    lose(versions.filter((version) => version.versionId === marker.versionId));
    return { versions: withVersion(config, versions, marker), result: { marker } };
  });
}

function emitRemoval(call: Call, event: string, key: string, { removed, marker }: Deletion): void {
  if (!removed && !marker) return;
  call.emit({
    name: `ObjectRemoved:${event}`,
    bucket: call.bucketName!,
    key,
    size: 0,
    etag: removed?.etag ?? '',
    deltaSize: -(removed?.size ?? 0),
  });
}

/** `DELETE /key`: 204 whether or not it was there. */
export async function deleteObject(call: Call): Promise<Reply> {
  const bucket = bucketOf(call);
  const versionId = call.query.get('versionId') || undefined;
  const deletion = await call.commit(async () => {
    const done = await deleteOne(call, bucket, call.key!, versionId);
    emitRemoval(call, 'DeleteObject', call.key!, done);
    return done;
  });
  const touched = deletion.marker ?? deletion.removed;
  return {
    status: 204,
    headers: {
      ...(touched ? versionHeader(bucket.config, touched.versionId) : {}),
      ...(touched?.deleteMarker ? { 'x-oss-delete-marker': 'true' } : {}),
    },
  };
}

const maximumKeys = 1000;

/** `POST /?delete`: up to 1,000 keys; in quiet mode only what failed is named. */
export async function deleteObjects(call: Call): Promise<Reply> {
  const bucket = bucketOf(call);
  if (call.headers['content-md5'] === undefined) {
    throw new OssError('MissingArgument', { message: 'Missing Some Required Arguments: Content-MD5.' });
  }
  const request = await xmlBody(call, 'Delete');
  const objects = (request.Object ?? []) as { Key?: string; VersionId?: string }[];
  if (objects.length === 0 || objects.length > maximumKeys) throw new OssError('MalformedXML');
  // One key that may not be deleted refuses the whole.
  call.permit(
    objects.map(({ Key: key, VersionId: versionId }) => ({
      action: versionId === undefined ? 'oss:DeleteObject' : 'oss:DeleteObjectVersion',
      bucket: call.bucketName,
      key,
    })),
  );
  const quiet = request.Quiet === 'true';
  const encoding = call.query.get('encoding-type');
  const encode = (key: string) => (encoding === 'url' ? encodeURIComponent(key) : key);
  const answers = await call.commit(async () => {
    const lines = [];
    for (const { Key: key = '', VersionId: versionId } of objects) {
      const deletion = await deleteOne(call, bucket, key, versionId);
      emitRemoval(call, 'DeleteObjects', key, deletion);
      if (quiet) continue;
      lines.push(
        element(
          'Deleted',
          element('Key', encode(key)),
          optional('VersionId', versionId),
          deletion.marker && [
            element('DeleteMarker', true),
            element('DeleteMarkerVersionId', deletion.marker.versionId),
          ],
        ),
      );
    }
    return lines;
  });
  if (quiet) return { status: 200 };
  return xmlReply(element('DeleteResult', optional('EncodingType', encoding), answers));
}
