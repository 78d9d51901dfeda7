import { bucketOf, type Call, integerParameter, type Reply, xmlReply } from '../call';
import { byteOrder } from '../storage/key-index';
import { element, optional } from '../xml';
import { keyEncoding } from './list-objects';
import { uploadOf } from './multipart';

const maximumPage = 1000;

/** `GET /key?uploadId=`. */
export async function listParts(call: Call): Promise<Reply> {
  const bucket = bucketOf(call);
  const upload = uploadOf(call, bucket);
  const encode = keyEncoding(call);
  const limit = integerParameter(call, 'max-parts', maximumPage, 1, maximumPage);
  const marker = integerParameter(call, 'part-number-marker', 0, 0, 10_000);
  const rest = [...upload.parts.values()]
    .filter(({ number }) => number > marker)
    .sort((a, b) => a.number - b.number);
  const parts = rest.slice(0, limit);
  return xmlReply(
    element(
      'ListPartsResult',
      element('Bucket', bucket.config.name),
      optional('EncodingType', call.query.get('encoding-type')),
      element('Key', encode(upload.key)),
      element('UploadId', upload.id),
      element('StorageClass', upload.headers['x-oss-storage-class']),
      element('PartNumberMarker', marker),
      element('NextPartNumberMarker', parts.at(-1)?.number ?? marker),
      element('MaxParts', limit),
      element('IsTruncated', rest.length > parts.length),
      parts.map(({ number, lastModified, etag, size, crc64 }) =>
        element(
          'Part',
          element('PartNumber', number),
          element('LastModified', lastModified),
          element('ETag', `"${etag}"`),
          optional('HashCrc64ecma', crc64),
          element('Size', size),
        ),
      ),
    ),
  );
}

/** `GET /?uploads`. */
export async function listMultipartUploads(call: Call): Promise<Reply> {
  const bucket = bucketOf(call);
  const encode = keyEncoding(call);
  const limit = integerParameter(call, 'max-uploads', maximumPage, 1, maximumPage);
  const [prefix, delimiter, keyMarker, idMarker] = [
    'prefix',
    'delimiter',
    'key-marker',
    'upload-id-marker',
  ].map((name) => call.query.get(name) ?? '') as [string, string, string, string];
  const from = byteOrder(keyMarker);
  const groupOf = (key: string) => {
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    return cut < 0 ? undefined : key.slice(0, cut + delimiter.length);
  };
  const rest = bucket.uploads.list().filter(({ key, id }) => {
    if (!key.startsWith(prefix)) return false;
    if (keyMarker === '') return true;
    if (groupOf(key) !== undefined && byteOrder(groupOf(key)!) <= from) return false;
    return byteOrder(key) > from || (key === keyMarker && idMarker !== '' && id > idMarker);
  });
  const shown: typeof rest = [];
  const groups = new Set<string>();
  let last = { key: '', id: '' };
  let truncated = false;
  for (const upload of rest) {
    const group = groupOf(upload.key);
    if (group !== undefined && groups.has(group)) continue;
    if (shown.length + groups.size === limit) {
      truncated = true;
      break;
    }
    if (group === undefined) shown.push(upload);
    else groups.add(group);
    last = group === undefined ? upload : { key: group, id: '' };
  }
  return xmlReply(
    element(
      'ListMultipartUploadsResult',
      element('Bucket', bucket.config.name),
      optional('EncodingType', call.query.get('encoding-type')),
      element('KeyMarker', encode(keyMarker)),
      element('UploadIdMarker', idMarker),
      element('NextKeyMarker', truncated ? encode(last.key) : ''),
      element('NextUploadIdMarker', truncated ? last.id : ''),
      element('Delimiter', encode(delimiter)),
      element('Prefix', encode(prefix)),
      element('MaxUploads', limit),
      element('IsTruncated', truncated),
      shown.map(({ key, id, initiated, headers }) =>
        element(
          'Upload',
          element('Key', encode(key)),
          element('UploadId', id),
          element('StorageClass', headers['x-oss-storage-class']),
          element('Initiated', initiated),
        ),
      ),
      [...groups].map((group) => element('CommonPrefixes', element('Prefix', encode(group)))),
    ),
  );
}
