import { createHash } from 'node:crypto';
import { bucketOf, type Call, type Reply, timestamp, xmlBody, xmlReply } from '../call';
import { encryptionHeaders } from '../object-headers';
import { OssError } from '../oss-error';
import { combineCrc64 } from '../storage/crc64-combine';
import type { Part, Upload } from '../storage/uploads';
import { versionHeader } from '../versioning';
import { element } from '../xml';
import { uploadOf } from './multipart';
import { putVersion, refuseConditions } from './overwrite';

const minimumPartBytes = 100 * 1024;

/** The parts in the order of the list. Throws MalformedXML, InvalidPartOrder, InvalidPart, EntityTooSmall. */
function chooseParts(upload: Upload, listed: { PartNumber?: string; ETag?: string }[]): Part[] {
  if (listed.length === 0) throw new OssError('MalformedXML');
  let previous = 0;
  const parts = listed.map(({ PartNumber, ETag }) => {
    const number = Number(PartNumber);
    if (!Number.isInteger(number)) throw new OssError('MalformedXML');
    if (number <= previous) throw new OssError('InvalidPartOrder');
    previous = number;
    const part = upload.parts.get(number);
    if (!part || part.etag !== (ETag ?? '').trim().replace(/^"|"$/g, '').toUpperCase()) {
      throw new OssError('InvalidPart', {
        elements: { UploadId: upload.id, PartNumber: String(number), PartEtag: ETag ?? '' },
      });
    }
    return part;
  });
  const small = parts.slice(0, -1).find(({ size }) => size < minimumPartBytes);
  if (small) {
    throw new OssError('EntityTooSmall', {
      elements: {
        PartNumber: String(small.number),
        ETag: `"${small.etag}"`,
        MinSizeAllowed: String(minimumPartBytes),
        ProposedSize: String(small.size),
      },
    });
  }
  return parts;
}

/** Unknown as soon as one part's is. */
function wholeCrc64(parts: readonly Part[]): string | undefined {
  let whole: string | undefined = '0';
  for (const { crc64, size } of parts) {
    if (crc64 === undefined) return undefined;
    whole = combineCrc64(whole, crc64, size);
  }
  return whole;
}

/**
 * `POST /key?uploadId=`. The parts become the object as they lie: its body is their files under new names, so that
 * nothing is copied and a kill leaves the upload or the object.
 */
export async function completeMultipartUpload(call: Call): Promise<Reply> {
  const bucket = bucketOf(call);
  refuseConditions(call);
  const upload = uploadOf(call, bucket);
  const request =
    call.headers['x-oss-complete-all'] === 'yes' ? undefined : await xmlBody(call, 'CompleteMultipartUpload');
  const assemble = () =>
    putVersion(call, bucket, 'ObjectCreated:CompleteMultipartUpload', async () => {
      const listed = request
        ? ((request.Part ?? []) as { PartNumber?: string; ETag?: string }[])
        : [...upload.parts.values()]
            .sort((a, b) => a.number - b.number)
            .map(({ number, etag }) => ({ PartNumber: String(number), ETag: etag }));
      const parts = chooseParts(upload, listed);
      const digests = createHash('md5').update(parts.map(({ etag }) => etag).join(''));
      return {
        type: 'Multipart',
        size: parts.reduce((sum, { size }) => sum + size, 0),
        etag: `${digests.digest('hex').toUpperCase()}-${parts.length}`,
        crc64: wholeCrc64(parts),
        lastModified: timestamp(call),
        headers: upload.headers,
        body: await bucket.bodies.share(
          bucket.bodies,
          parts.flatMap(({ body }) => body),
        ),
        uploadId: upload.id,
      };
    });
  const version = await call.commit(() => bucket.uploads.end(upload, assemble));
  const etag = `"${version.etag}"`;
  return xmlReply(
    element(
      'CompleteMultipartUploadResult',
      element('Location', `http://${call.host}/${call.key}`),
      element('Bucket', bucket.config.name),
      element('Key', call.key),
      element('ETag', etag),
    ),
    {
      ETag: etag,
      'x-oss-hash-crc64ecma': version.crc64,
      ...versionHeader(bucket.config, version.versionId),
      ...encryptionHeaders(version),
    },
  );
}
