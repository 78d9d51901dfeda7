import { bucketOf, type Call, integerParameter, type Reply, xmlReply } from '../call';
import { ownerId } from '../events';
import { encodeRfc3986 } from '../signature/signature-v4';
import { after, byteOrder, type KeyIndex, fromByteOrder } from '../storage/key-index';
import type { KeyRecord, ObjectVersion } from '../storage/object-version';
import { element, type Markup, optional } from '../xml';

const defaultKeys = 100;
const maximumKeys = 1000;

export interface KeyPage {
  /** Records and common prefixes in byte order. */
  entries: ({ record: KeyRecord } | { commonPrefix: string })[];
  /** Where the next page starts after; undefined on the last page. */
  next?: string;
}

/** One page of keys after `marker`, those with the delimiter behind the prefix folded. `wanted` says which records count. */
export function pageOfKeys(
  index: KeyIndex<KeyRecord>,
  options: { prefix: string; delimiter: string; marker: string; limit: number },
  wanted: (record: KeyRecord) => boolean,
): KeyPage {
  const [prefix, delimiter, marker] = [options.prefix, options.delimiter, options.marker].map(byteOrder) as [
    string,
    string,
    string,
  ];
  const entries: KeyPage['entries'] = [];
  let last: string | undefined;
  let at = marker >= prefix && marker !== '' ? index.next(marker) : index.seek(prefix);
  while (at?.bytes.startsWith(prefix)) {
    const cut = delimiter === '' ? -1 : at.bytes.indexOf(delimiter, prefix.length);
    const group = cut < 0 ? undefined : at.bytes.slice(0, cut + delimiter.length);
    // A marker that is a common prefix, or lies in one, has passed all of it.
    const passed = group !== undefined && group <= marker && marker !== '';
    if (!passed && wanted(at.value)) {
      if (entries.length === options.limit)
        return { entries, next: last === undefined ? undefined : fromByteOrder(last) };
      entries.push(group === undefined ? { record: at.value } : { commonPrefix: fromByteOrder(group) });
      last = group ?? at.bytes;
      if (group !== undefined) {
        at = seekAfter(index, group);
        continue;
      }
    }
    at = passed ? seekAfter(index, group) : index.next(at.bytes);
  }
  return { entries };
}

function seekAfter(index: KeyIndex<KeyRecord>, group: string) {
  const end = after(group);
  return end === undefined ? undefined : index.seek(end);
}

export const owner = element('Owner', element('ID', ownerId), element('DisplayName', ownerId));

/** How keys and prefixes are written: as they are, or percent-encoded where the request asks for it. */
export function keyEncoding(call: Call): (key: string) => string {
  return call.query.get('encoding-type') === 'url' ? encodeRfc3986 : (key) => key;
}

export function describeVersion(version: ObjectVersion): Markup[] {
  return [
    element('LastModified', version.lastModified),
    element('ETag', `"${version.etag}"`),
    element('Type', version.type),
    element('Size', version.size),
    element('StorageClass', version.headers['x-oss-storage-class']),
  ];
}

function contents(page: KeyPage, encode: (key: string) => string, withOwner: boolean): Markup[] {
  return page.entries.map((entry) =>
    'commonPrefix' in entry
      ? element('CommonPrefixes', element('Prefix', encode(entry.commonPrefix)))
      : element(
          'Contents',
          element('Key', encode(entry.record.key)),
          describeVersion(entry.record.versions[0]!),
          withOwner ? owner : undefined,
        ),
  );
}

const isLive = ({ versions }: KeyRecord) => versions[0]?.deleteMarker !== true;

/** `GET /`: version 1, continued by a marker. */
export async function listObjects(call: Call): Promise<Reply> {
  const bucket = bucketOf(call);
  const [prefix, delimiter, marker] = ['prefix', 'delimiter', 'marker'].map(
    (name) => call.query.get(name) ?? '',
  ) as [string, string, string];
  const limit = integerParameter(call, 'max-keys', defaultKeys, 1, maximumKeys);
  const encode = keyEncoding(call);
  const page = pageOfKeys(bucket.objects, { prefix, delimiter, marker, limit }, isLive);
  return xmlReply(
    element(
      'ListBucketResult',
      element('Name', bucket.config.name),
      element('Prefix', encode(prefix)),
      element('Marker', encode(marker)),
      element('MaxKeys', limit),
      element('Delimiter', encode(delimiter)),
      optional('EncodingType', call.query.get('encoding-type')),
      element('IsTruncated', page.next !== undefined),
      optional('NextMarker', page.next === undefined ? undefined : encode(page.next)),
      contents(page, encode, true),
    ),
  );
}

/** `GET /?list-type=2`: continued by a token, which clients URL-decode: base64url has nothing to decode. */
export async function listObjectsV2(call: Call): Promise<Reply> {
  const bucket = bucketOf(call);
  const [prefix, delimiter, startAfter] = ['prefix', 'delimiter', 'start-after'].map(
    (name) => call.query.get(name) ?? '',
  ) as [string, string, string];
  const token = call.query.get('continuation-token') || undefined;
  const limit = integerParameter(call, 'max-keys', defaultKeys, 1, maximumKeys);
  const encode = keyEncoding(call);
  const marker = token === undefined ? startAfter : Buffer.from(token, 'base64url').toString('utf8');
  const page = pageOfKeys(bucket.objects, { prefix, delimiter, marker, limit }, isLive);
  const next = page.next === undefined ? undefined : Buffer.from(page.next).toString('base64url');
  return xmlReply(
    element(
      'ListBucketResult',
      element('Name', bucket.config.name),
      element('Prefix', encode(prefix)),
      optional('StartAfter', startAfter === '' ? undefined : encode(startAfter)),
      optional('ContinuationToken', token),
      element('MaxKeys', limit),
      element('Delimiter', encode(delimiter)),
      optional('EncodingType', call.query.get('encoding-type')),
      element('IsTruncated', next !== undefined),
      optional('NextContinuationToken', next),
      element('KeyCount', page.entries.length),
      contents(page, encode, call.query.get('fetch-owner') === 'true'),
    ),
  );
}
