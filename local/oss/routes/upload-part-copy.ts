import { bucketOf, type Call, type Reply, timestamp, xmlReply } from '../call';
import { OssError } from '../oss-error';
import { element } from '../xml';
import { copySource } from './copy-source';
import { emitUploadEvent, partNumberOf, storePart, uploadOf } from './multipart';

/** `PUT /key?partNumber=&uploadId=` with x-oss-copy-source and, for a piece of it, x-oss-copy-source-range. */
export async function uploadPartCopy(call: Call): Promise<Reply> {
  const bucket = bucketOf(call);
  const number = partNumberOf(call);
  const upload = uploadOf(call, bucket);
  const source = copySource(call);
  const { start, end } = sourceSpan(call.headers['x-oss-copy-source-range'], source.version.size);
  const { segment, md5 } = await bucket.bodies.write(
    source.bucket.bodies.read(source.version.body, start, end),
  );
  const lastModified = timestamp(call);
  // OSS does not promise a CRC-64 for what was copied: the object will have none.
  await storePart(call, bucket, upload, {
    number,
    size: segment.size,
    etag: md5,
    lastModified,
    body: [segment],
  });
  emitUploadEvent(call, 'ObjectCreated:UploadPartCopy', segment.size, md5);
  return xmlReply(
    element('CopyPartResult', element('LastModified', lastModified), element('ETag', `"${md5}"`)),
    { ETag: `"${md5}"` },
  );
}

function sourceSpan(header: string | undefined, size: number): { start: number; end: number } {
  if (header === undefined) return { start: 0, end: size };
  const match = /^bytes=(\d+)-(\d*)$/.exec(header);
  const start = Number(match?.[1]);
  const end = match?.[2] ? Number(match[2]) + 1 : size;
  if (!match || start >= end || end > size) throw new OssError('InvalidRange');
  return { start, end };
}
