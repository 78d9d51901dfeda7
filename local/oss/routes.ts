import type { Handler } from './call';
import { OssError } from './oss-error';
import { appendObject } from './routes/append-object';
import { deleteBucket, getBucketInfo, getBucketLocation, listBuckets, putBucket } from './routes/bucket';
import { documentRoutes } from './routes/bucket-documents';
import { getBucketVersioning, putBucketVersioning } from './routes/bucket-versioning';
import {
  abortBucketWorm,
  completeBucketWorm,
  extendBucketWorm,
  getBucketWorm,
  initiateBucketWorm,
} from './routes/bucket-worm';
import { completeMultipartUpload } from './routes/complete-multipart-upload';
import { copyObject } from './routes/copy-object';
import { deleteObject, deleteObjects } from './routes/delete-object';
import { getObject, getObjectMeta } from './routes/get-object';
import { listMultipartUploads, listParts } from './routes/list-multipart';
import { listObjects, listObjectsV2 } from './routes/list-objects';
import { listObjectVersions } from './routes/list-versions';
import { abortMultipartUpload, initiateMultipartUpload, uploadPart } from './routes/multipart';
import { putObject } from './routes/put-object';
import { uploadPartCopy } from './routes/upload-part-copy';

interface Route {
  /** As the API names it: faults and counts go by it. */
  operation: string;
  method: string;
  level: 'service' | 'bucket' | 'object';
  /** Query parameters that must be there; with `=` also their value. */
  query?: readonly string[];
  /** A header that must be there. */
  header?: string;
  handler: Handler;
}

const lifecycle = documentRoutes('lifecycle', 'LifecycleConfiguration', 'NoSuchLifecycle');
const encryption = documentRoutes('encryption', 'ServerSideEncryptionRule', 'NoSuchServerSideEncryptionRule');

/** The first that matches answers: those with more conditions stand first. */
// biome-ignore format: a table reads by its lines
const routes: readonly Route[] = [
  { operation: 'ListBuckets', method: 'GET', level: 'service', handler: listBuckets },

  { operation: 'GetBucketInfo', method: 'GET', level: 'bucket', query: ['bucketInfo'], handler: getBucketInfo },
  { operation: 'GetBucketLocation', method: 'GET', level: 'bucket', query: ['location'], handler: getBucketLocation },
  { operation: 'PutBucketVersioning', method: 'PUT', level: 'bucket', query: ['versioning'], handler: putBucketVersioning },
  { operation: 'GetBucketVersioning', method: 'GET', level: 'bucket', query: ['versioning'], handler: getBucketVersioning },
  { operation: 'PutBucketLifecycle', method: 'PUT', level: 'bucket', query: ['lifecycle'], handler: lifecycle.put },
  { operation: 'GetBucketLifecycle', method: 'GET', level: 'bucket', query: ['lifecycle'], handler: lifecycle.get },
  { operation: 'DeleteBucketLifecycle', method: 'DELETE', level: 'bucket', query: ['lifecycle'], handler: lifecycle.remove },
  { operation: 'PutBucketEncryption', method: 'PUT', level: 'bucket', query: ['encryption'], handler: encryption.put },
  { operation: 'GetBucketEncryption', method: 'GET', level: 'bucket', query: ['encryption'], handler: encryption.get },
  { operation: 'DeleteBucketEncryption', method: 'DELETE', level: 'bucket', query: ['encryption'], handler: encryption.remove },
  { operation: 'InitiateBucketWorm', method: 'POST', level: 'bucket', query: ['worm'], handler: initiateBucketWorm },
  { operation: 'ExtendBucketWorm', method: 'POST', level: 'bucket', query: ['wormExtend', 'wormId'], handler: extendBucketWorm },
  { operation: 'CompleteBucketWorm', method: 'POST', level: 'bucket', query: ['wormId'], handler: completeBucketWorm },
  { operation: 'GetBucketWorm', method: 'GET', level: 'bucket', query: ['worm'], handler: getBucketWorm },
  { operation: 'AbortBucketWorm', method: 'DELETE', level: 'bucket', query: ['worm'], handler: abortBucketWorm },
  { operation: 'ListObjectVersions', method: 'GET', level: 'bucket', query: ['versions'], handler: listObjectVersions },
  { operation: 'ListMultipartUploads', method: 'GET', level: 'bucket', query: ['uploads'], handler: listMultipartUploads },
  { operation: 'DeleteMultipleObjects', method: 'POST', level: 'bucket', query: ['delete'], handler: deleteObjects },
  { operation: 'ListObjectsV2', method: 'GET', level: 'bucket', query: ['list-type=2'], handler: listObjectsV2 },
  { operation: 'ListObjects', method: 'GET', level: 'bucket', handler: listObjects },
  { operation: 'PutBucket', method: 'PUT', level: 'bucket', handler: putBucket },
  { operation: 'DeleteBucket', method: 'DELETE', level: 'bucket', handler: deleteBucket },

  { operation: 'InitiateMultipartUpload', method: 'POST', level: 'object', query: ['uploads'], handler: initiateMultipartUpload },
  { operation: 'UploadPartCopy', method: 'PUT', level: 'object', query: ['partNumber', 'uploadId'], header: 'x-oss-copy-source', handler: uploadPartCopy },
  { operation: 'UploadPart', method: 'PUT', level: 'object', query: ['partNumber', 'uploadId'], handler: uploadPart },
  { operation: 'CompleteMultipartUpload', method: 'POST', level: 'object', query: ['uploadId'], handler: completeMultipartUpload },
  { operation: 'AbortMultipartUpload', method: 'DELETE', level: 'object', query: ['uploadId'], handler: abortMultipartUpload },
  { operation: 'ListParts', method: 'GET', level: 'object', query: ['uploadId'], handler: listParts },
  { operation: 'AppendObject', method: 'POST', level: 'object', query: ['append'], handler: appendObject },
  { operation: 'GetObjectMeta', method: 'HEAD', level: 'object', query: ['objectMeta'], handler: getObjectMeta },
  { operation: 'HeadObject', method: 'HEAD', level: 'object', handler: getObject },
  { operation: 'GetObject', method: 'GET', level: 'object', handler: getObject },
  { operation: 'CopyObject', method: 'PUT', level: 'object', header: 'x-oss-copy-source', handler: copyObject },
  { operation: 'PutObject', method: 'PUT', level: 'object', handler: putObject },
  { operation: 'DeleteObject', method: 'DELETE', level: 'object', handler: deleteObject },
];

/** What a plain operation must not be mistaken for: subresources that no route above has claimed. */
const unserved = new Set(
  (
    'accessmonitor acl append archiveDirectRead asyncFetch bucketInfo callback cors delete encryption httpsConfig ' +
    'inventory lifecycle location logging metaQuery objectMeta partNumber policy policyStatus publicAccessBlock ' +
    'referer replication requestPayment resourceGroup restore rtc seal stat style symlink tagging ' +
    'transferAcceleration uploadId uploads versioning versions vod website worm wormExtend wormId'
  ).split(' '),
);

/** The route of a request. Throws NotImplemented, MethodNotAllowed. */
export function findRoute(
  method: string,
  level: Route['level'],
  query: ReadonlyMap<string, string>,
  headers: Readonly<Record<string, string>>,
): Pick<Route, 'operation' | 'handler'> {
  const found = routes.find(
    (route) =>
      route.method === method &&
      route.level === level &&
      (route.header === undefined || headers[route.header] !== undefined) &&
      (route.query ?? []).every((wanted) => {
        const [name, value] = wanted.split('=');
        return query.has(name!) && (value === undefined || query.get(name!) === value);
      }),
  );
  if (!found) throw new OssError('MethodNotAllowed', { elements: { Method: method } });
  const foreign = [...query.keys()].find((name) => unserved.has(name) && !found.query?.includes(name));
  if (foreign !== undefined) {
    throw new OssError('NotImplemented', { message: `This server does not serve ?${foreign} here.` });
  }
  return found;
}
