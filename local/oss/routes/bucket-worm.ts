import { randomBytes } from 'node:crypto';
import { bucketOf, type Call, type Reply, timestamp, xmlBody, xmlReply } from '../call';
import { OssError } from '../oss-error';
import type { WormPolicy } from '../storage/bucket-config';
import { wormPolicy } from '../worm';
import { element } from '../xml';

const maximumDays = 70 * 365;

function days(request: Record<string, unknown>): number {
  const value = Number(request.RetentionPeriodInDays);
  if (!Number.isInteger(value) || value < 1 || value > maximumDays) throw new OssError('MalformedXML');
  return value;
}

/** The policy in force; with `wormId`, only if it is that one. Throws NoSuchWORMConfiguration. */
function policyOf(call: Call): WormPolicy {
  const policy = wormPolicy(bucketOf(call).config, call.clock.now());
  const named = call.query.get('wormId');
  if (!policy || (named !== undefined && named !== policy.id)) throw new OssError('NoSuchWORMConfiguration');
  return policy;
}

/** `POST /?worm`: protects at once, and lapses after a day unless it is locked. */
export async function initiateBucketWorm(call: Call): Promise<Reply> {
  const bucket = bucketOf(call);
  const retention = days(await xmlBody(call, 'InitiateWormConfiguration'));
  const present = wormPolicy(bucket.config, call.clock.now());
  if (present?.state === 'Locked') throw new OssError('WORMConfigurationLocked');
  if (bucket.config.versioning === 'Suspended') {
    throw new OssError('InvalidWORMConfiguration', { message: 'Versioning is suspended on this bucket.' });
  }
  const id = randomBytes(16).toString('hex').toUpperCase();
  const created = timestamp(call);
  await call.commit(() => bucket.configure({ worm: { id, state: 'InProgress', days: retention, created } }));
  return { status: 200, headers: { 'x-oss-worm-id': id } };
}

/** `POST /?wormId=`: locks. */
export async function completeBucketWorm(call: Call): Promise<Reply> {
  const policy = policyOf(call);
  if (policy.state === 'Locked') throw new OssError('WORMConfigurationLocked');
  await call.commit(() => bucketOf(call).configure({ worm: { ...policy, state: 'Locked' } }));
  return { status: 200 };
}

/** `POST /?wormExtend&wormId=`: a locked policy may only grow. */
export async function extendBucketWorm(call: Call): Promise<Reply> {
  const policy = policyOf(call);
  const retention = days(await xmlBody(call, 'ExtendWormConfiguration'));
  if (policy.state !== 'Locked' || retention <= policy.days) throw new OssError('InvalidWORMConfiguration');
  await call.commit(() => bucketOf(call).configure({ worm: { ...policy, days: retention } }));
  return { status: 200 };
}

/** `DELETE /?worm`: only while it is not locked. */
export async function abortBucketWorm(call: Call): Promise<Reply> {
  const policy = policyOf(call);
  if (policy.state === 'Locked') throw new OssError('WORMConfigurationLocked');
  await call.commit(() => bucketOf(call).configure({ worm: undefined }));
  return { status: 204 };
}

/** `GET /?worm`. */
export async function getBucketWorm(call: Call): Promise<Reply> {
  const { id, state, days: retention, created } = policyOf(call);
  return xmlReply(
    element(
      'WormConfiguration',
      element('WormId', id),
      element('State', state),
      element('RetentionPeriodInDays', retention),
      element('CreationDate', created),
    ),
  );
}
