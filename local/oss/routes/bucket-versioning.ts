import { bucketOf, type Call, type Reply, xmlBody, xmlReply } from '../call';
import { OssError } from '../oss-error';
import { wormPolicy } from '../worm';
import { element, optional } from '../xml';

/** `PUT /?versioning`: on or suspended, never again off. */
export async function putBucketVersioning(call: Call): Promise<Reply> {
  const bucket = bucketOf(call);
  const { Status: status } = await xmlBody(call, 'VersioningConfiguration');
  if (status !== 'Enabled' && status !== 'Suspended') throw new OssError('MalformedXML');
  if (status === 'Suspended' && wormPolicy(bucket.config, call.clock.now())) {
    throw new OssError('InvalidArgument', {
      message: 'Versioning cannot be suspended on a bucket with a retention policy.',
    });
  }
  await call.commit(() => bucket.configure({ versioning: status }));
  return { status: 200 };
}

/** `GET /?versioning`: empty where it was never set. */
export async function getBucketVersioning(call: Call): Promise<Reply> {
  const { config } = bucketOf(call);
  return xmlReply(element('VersioningConfiguration', optional('Status', config.versioning)));
}
