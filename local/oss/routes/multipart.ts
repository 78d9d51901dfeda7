import { bucketOf, type Call, type Reply, timestamp, xmlReply } from '../call';
import { encryptionHeaders, headersToStore } from '../object-headers';
import { OssError } from '../oss-error';
import type { Bucket } from '../storage/bucket';
import type { Part, Upload } from '../storage/uploads';
import { element } from '../xml';
import { checkKey, refuseOverwrite } from './overwrite';
import { receiveBody } from './put-object';

const maximumParts = 10_000;

/** The upload that the query names. Throws NoSuchUpload. */
export function uploadOf(call: Call, bucket: Bucket): Upload {
  const id = call.query.get('uploadId')!;
  const upload = bucket.uploads.get(id);
  if (!upload || upload.key !== call.key) throw new OssError('NoSuchUpload', { elements: { UploadId: id } });
  return upload;
}

export function partNumberOf(call: Call): number {
  const text = call.query.get('partNumber') ?? '';
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > maximumParts) {
    throw new OssError('InvalidArgument', {
      message: 'Part number must be an integer between 1 and 10000, inclusive.',
      elements: { ArgumentName: 'partNumber', ArgumentValue: text },
    });
  }
  return number;
}

/** `POST /key?uploads`. The object of that name, if there is one, stays as it is. */
export async function initiateMultipartUpload(call: Call): Promise<Reply> {
  const bucket = bucketOf(call);
  const key = call.key!;
  checkKey(key);
  refuseOverwrite(call, bucket, key);
  const headers = headersToStore(call, bucket.config);
  const upload = await call.commit(() => bucket.uploads.start(key, timestamp(call), headers));
  emitUploadEvent(call, 'ObjectCreated:InitiateMultipartUpload', 0, '');
  return xmlReply(
    element(
      'InitiateMultipartUploadResult',
      element('Bucket', bucket.config.name),
      element('Key', key),
      element('UploadId', upload.id),
    ),
    encryptionHeaders(upload),
  );
}

/** `PUT /key?partNumber=&uploadId=`. */
export async function uploadPart(call: Call): Promise<Reply> {
  const bucket = bucketOf(call);
  const number = partNumberOf(call);
  const upload = uploadOf(call, bucket);
  const { segment, md5, crc64 } = await receiveBody(call, bucket);
  const lastModified = timestamp(call);
  await storePart(call, bucket, upload, {
    number,
    size: segment.size,
    etag: md5,
    crc64,
    lastModified,
    body: [segment],
  });
  emitUploadEvent(call, 'ObjectCreated:UploadPart', segment.size, md5);
  return {
    status: 200,
    headers: {
      ETag: `"${md5}"`,
      'x-oss-hash-crc64ecma': crc64,
      'Content-MD5': Buffer.from(md5, 'hex').toString('base64'),
      ...encryptionHeaders(upload),
    },
  };
}

/** Makes a part visible, or removes its bytes. An upload that ended meanwhile takes no more parts. */
export async function storePart(call: Call, bucket: Bucket, upload: Upload, part: Part): Promise<void> {
  try {
    await call.commit(() => bucket.uploads.addPart(upload, part));
  } catch (error) {
    if (upload.parts.get(part.number) !== part) await bucket.bodies.remove(part.body);
    throw error;
  }
}

/** `DELETE /key?uploadId=`. */
export async function abortMultipartUpload(call: Call): Promise<Reply> {
  const bucket = bucketOf(call);
  const upload = uploadOf(call, bucket);
  await call.commit(() => bucket.uploads.end(upload, async () => {}));
  emitUploadEvent(call, 'ObjectRemoved:AbortMultipartUpload', 0, '');
  return { status: 204 };
}

export function emitUploadEvent(call: Call, name: string, size: number, etag: string): void {
  call.emit({ name, bucket: call.bucketName!, key: call.key!, size, etag, deltaSize: size });
}
