import { bucketOf, type Call, integerParameter, type Reply, xmlReply } from '../call';
import type { Bucket } from '../storage/bucket';
import type { KeyRecord, ObjectVersion } from '../storage/object-version';
import { element, type Markup, optional } from '../xml';
import { describeVersion, keyEncoding, owner, pageOfKeys } from './list-objects';

type Entry = { key: string; version: ObjectVersion; latest: boolean } | { commonPrefix: string };

function versionsOf({ key, versions }: KeyRecord): Entry[] {
  return versions.map((version, index) => ({ key, version, latest: index === 0 }));
}

/** One entry more than the limit where there is more. */
function collect(
  bucket: Bucket,
  options: { prefix: string; delimiter: string; marker: string; limit: number },
  versionMarker: string,
): Entry[] {
  const entries: Entry[] = [];
  const first = versionMarker === '' ? undefined : bucket.objects.get(options.marker);
  if (first) {
    const passed = first.versions.findIndex(({ versionId }) => versionId === versionMarker);
    entries.push(...versionsOf(first).slice(passed + 1));
  }
  const page = pageOfKeys(bucket.objects, { ...options, limit: options.limit + 1 }, () => true);
  for (const entry of page.entries) entries.push(...('record' in entry ? versionsOf(entry.record) : [entry]));
  return entries.slice(0, options.limit + 1);
}

/** `GET /?versions`: all versions and delete markers, by key, newest first. */
export async function listObjectVersions(call: Call): Promise<Reply> {
  const bucket = bucketOf(call);
  const parameter = (name: string) => call.query.get(name) ?? '';
  const [prefix, delimiter, marker] = [parameter('prefix'), parameter('delimiter'), parameter('key-marker')];
  const versionMarker = parameter('version-id-marker');
  const limit = integerParameter(call, 'max-keys', 100, 1, 1000);
  const encode = keyEncoding(call);
  const found = collect(bucket, { prefix, delimiter, marker, limit }, versionMarker);
  const shown = found.slice(0, limit);
  const truncated = found.length > shown.length;
  const last = shown.at(-1);
  const lastKey = last && ('key' in last ? last.key : last.commonPrefix);
  return xmlReply(
    element(
      'ListVersionsResult',
      element('Name', bucket.config.name),
      element('Prefix', encode(prefix)),
      element('KeyMarker', encode(marker)),
      element('VersionIdMarker', versionMarker),
      element('MaxKeys', limit),
      element('Delimiter', encode(delimiter)),
      optional('EncodingType', call.query.get('encoding-type')),
      element('IsTruncated', truncated),
      optional('NextKeyMarker', truncated ? encode(lastKey!) : undefined),
      optional(
        'NextVersionIdMarker',
        truncated && last && 'key' in last ? last.version.versionId : undefined,
      ),
      shown.map((entry) => describe(entry, encode)),
    ),
  );
}

function describe(entry: Entry, encode: (key: string) => string): Markup {
  if ('commonPrefix' in entry)
    return element('CommonPrefixes', element('Prefix', encode(entry.commonPrefix)));
  const { key, version, latest } = entry;
  const head = [
    element('Key', encode(key)),
    element('VersionId', version.versionId),
    element('IsLatest', latest),
  ];
  if (!version.deleteMarker) return element('Version', head, describeVersion(version), owner);
  return element('DeleteMarker', head, element('LastModified', version.lastModified), owner);
}
