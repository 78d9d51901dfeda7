import { LifeboatError } from '../errors';
import { circular, ListingOrder } from './listing-order';
import { answerDate } from './object-head';
import type { OssPlace } from './oss-place';
import type { ListOptions, ListPage, ObjectVersion, PendingUpload } from './port';

/** ObjectStore.list, by ListObjectsV2. */
export async function* listObjects(
  place: OssPlace,
  prefix: string,
  { delimiter, after, pageSize = 1000 }: ListOptions = {},
): AsyncGenerator<ListPage, void, undefined> {
  const name = place.describe(prefix);
  const order = new ListingOrder(name);
  let token: string | undefined;
  do {
    const page = await place.connection.call('ListObjectsV2', name, async (client) => {
      const query = present({
        prefix: place.full(prefix),
        delimiter,
        'start-after': after && place.full(after),
        'max-keys': Math.min(Math.max(pageSize, 1), 1000),
        'encoding-type': 'url',
      });
      // A fresh object each time: ali-oss takes the token out of it.
      const { res, ...listed } = await client.listV2(query, {
        subres: token ? { 'continuation-token': token } : undefined,
      });
      return { ...listed, date: answerDate(res.headers), decode: decoder(res.data) };
    });
    const { decode } = page;
    const relative = (encoded: string) => belonging(place, name, decode(encoded));
    const objects = page.objects.map(({ name: key, size, etag, lastModified }) => ({
      key: relative(key),
      size,
      etag,
      lastModified: new Date(lastModified),
    }));
    const prefixes = (page.prefixes ?? []).map(relative);
    if (page.isTruncated) order.next([...objects.map(({ key }) => key), ...prefixes]);
    yield { objects, prefixes, date: page.date };
    token = page.nextContinuationToken ? decode(page.nextContinuationToken) : undefined;
    if (page.isTruncated && !token) throw endless(name);
    if (!page.isTruncated) token = undefined;
  } while (token);
}

/** ObjectStore.versions, by ListObjectVersions. ali-oss tells versions and delete markers apart, but not their order by more than the second. */
export async function listVersions(place: OssPlace, key: string): Promise<ObjectVersion[]> {
  const name = place.describe(key);
  const found: ObjectVersion[] = [];
  let deletedAt = Number.NEGATIVE_INFINITY;
  let marker: { key?: string; version?: string } = {};
  for (;;) {
    const page = await place.connection.call('ListObjectVersions', name, async (client) => {
      const { res, ...listed } = await client.getBucketVersions(
        present({
          prefix: place.full(key),
          'max-keys': 1000,
          'key-marker': marker.key,
          'version-id-marker': marker.version,
          'encoding-type': 'url',
        }),
      );
      return { ...listed, decode: decoder(res.data) };
    });
    const { decode } = page;
    const ofKey = (entry: { name: string }) => belonging(place, name, decode(entry.name)) === key;
    for (const { versionId, lastModified } of page.objects.filter(ofKey))
      found.push({ id: versionId, lastModified: new Date(lastModified) });
    for (const { lastModified } of page.deleteMarker.filter(ofKey))
      deletedAt = Math.max(deletedAt, Date.parse(lastModified));
    if (!page.isTruncated) break;
    if (!page.nextKeyMarker) throw endless(name);
    marker = { key: decode(page.nextKeyMarker), version: page.nextVersionIdMarker ?? undefined };
  }
  return found.filter(({ lastModified }) => lastModified.getTime() > deletedAt);
}

/** ObjectStore.uploads, by ListMultipartUploads. */
export async function* listUploads(
  place: OssPlace,
  prefix: string,
): AsyncGenerator<PendingUpload, void, undefined> {
  const name = place.describe(prefix);
  const order = new ListingOrder(name);
  let marker: { key?: string; upload?: string } = {};
  for (;;) {
    const page = await place.connection.call('ListMultipartUploads', name, async (client) => {
      const { res, ...listed } = await client.listUploads(
        present({
          prefix: place.full(prefix),
          'max-uploads': 1000,
          'key-marker': marker.key,
          'upload-id-marker': marker.upload,
          'encoding-type': 'url',
        }),
      );
      return { ...listed, decode: decoder(res.data) };
    });
    for (const { name: key, uploadId, initiated } of page.uploads) {
      yield { key: belonging(place, name, page.decode(key)), id: uploadId, initiated: new Date(initiated) };
    }
    if (!page.isTruncated) return;
    const next = page.nextKeyMarker && page.decode(page.nextKeyMarker);
    if (!next) throw endless(name);
    // The ids of one key's uploads are in no order that is documented.
    if (next === marker.key && page.nextUploadIdMarker === marker.upload) throw circular(name);
    order.next([next], next === marker.key);
    marker = { key: next, upload: page.nextUploadIdMarker };
  }
}

/** With an empty or undefined value in the query, ali-oss signs something else than it sends. */
function present(query: Record<string, string | number | undefined>): Record<string, string | number> {
  const set = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(set) as Record<string, string | number>;
}

/**
 * Keys are asked for URL-encoded, because XML cannot carry every character of a key, and ali-oss leaves them so. A server
 * that knows no encoding-type sends them plain, and does not say that it encoded them.
 */
function decoder(answer: Buffer | undefined): (text: string) => string {
  // ali-oss takes any XML for a list, and one without entries for an empty one.
  if (!answer?.includes('<IsTruncated>')) throw new Error('no list');
  const encoded = answer.includes('<EncodingType>url</EncodingType>');
  if (!encoded) return (text) => text;
  return (text) => decodeURIComponent(text.replaceAll('+', '%20'));
}

function belonging(place: OssPlace, name: string, key: string): string {
  const relative = place.relative(key);
  if (relative === undefined) {
    throw new LifeboatError('unavailable', `The list of ${name} holds a key of another prefix`, {
      hint: 'a proxy between here and OSS changes requests',
    });
  }
  return relative;
}

function endless(name: string): LifeboatError {
  return new LifeboatError('unavailable', `The list of ${name} goes on, but OSS does not say where`);
}
