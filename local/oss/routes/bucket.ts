import { bucketOf, type Call, integerParameter, type Reply, textBody, timestamp, xmlReply } from '../call';
import { defaultEncryption } from '../object-headers';
import { OssError } from '../oss-error';
import { element, optional, parseXml } from '../xml';
import { owner } from './list-objects';

/** `PUT /`: also for a bucket that is there. */
export async function putBucket(call: Call): Promise<Reply> {
  const name = call.bucketName!;
  if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name)) {
    throw new OssError('InvalidBucketName', { elements: { BucketName: name } });
  }
  const text = await textBody(call);
  const configuration = text === '' ? undefined : parseXml(text)?.CreateBucketConfiguration;
  const storageClass = (configuration as { StorageClass?: string } | undefined)?.StorageClass ?? 'Standard';
  const created = timestamp(call);
  await call.commit(() => call.storage.create({ name, created, storageClass, documents: {} }));
  return { status: 200, headers: { Location: `/${name}` } };
}

/** `DELETE /`: only an empty bucket, unfinished uploads counted. */
export async function deleteBucket(call: Call): Promise<Reply> {
  const bucket = bucketOf(call);
  if (bucket.objects.size > 0 || bucket.uploads.list().length > 0) {
    throw new OssError('BucketNotEmpty', { elements: { BucketName: bucket.config.name } });
  }
  await call.commit(() => call.storage.remove(bucket));
  return { status: 204 };
}

/** `GET /?bucketInfo`. */
export async function getBucketInfo(call: Call): Promise<Reply> {
  const { config } = bucketOf(call);
  return xmlReply(
    element(
      'BucketInfo',
      element(
        'Bucket',
        element('Name', config.name),
        element('Location', `oss-${call.region}`),
        element('CreationDate', config.created),
        element('ExtranetEndpoint', call.endpoint),
        element('IntranetEndpoint', call.endpoint),
        element('StorageClass', config.storageClass),
        element('DataRedundancyType', 'LRS'),
        element('AccessMonitor', 'Disabled'),
        optional('Versioning', config.versioning),
        owner,
        element('AccessControlList', element('Grant', 'private')),
        element('ServerSideEncryptionRule', element('SSEAlgorithm', defaultEncryption(config) ?? 'None')),
      ),
    ),
  );
}

/** `GET /?location`. */
export async function getBucketLocation(call: Call): Promise<Reply> {
  bucketOf(call);
  return xmlReply(element('LocationConstraint', `oss-${call.region}`));
}

/** `GET /` of the service. */
export async function listBuckets(call: Call): Promise<Reply> {
  const prefix = call.query.get('prefix') ?? '';
  const marker = call.query.get('marker') ?? '';
  const limit = integerParameter(call, 'max-keys', 100, 1, 1000);
  const rest = call.storage
    .buckets()
    .map(({ config }) => config)
    .filter(({ name }) => name.startsWith(prefix) && name > marker);
  const shown = rest.slice(0, limit);
  return xmlReply(
    element(
      'ListAllMyBucketsResult',
      element('Prefix', prefix),
      element('Marker', marker),
      element('MaxKeys', limit),
      element('IsTruncated', rest.length > shown.length),
      optional('NextMarker', rest.length > shown.length ? shown.at(-1)!.name : undefined),
      owner,
      element(
        'Buckets',
        shown.map((config) =>
          element(
            'Bucket',
            element('Name', config.name),
            element('Location', `oss-${call.region}`),
            element('Region', call.region),
            element('CreationDate', config.created),
            element('ExtranetEndpoint', call.endpoint),
            element('IntranetEndpoint', call.endpoint),
            element('StorageClass', config.storageClass),
          ),
        ),
      ),
    ),
  );
}
