import type { Call } from '../call';
import { OssError } from '../oss-error';
import type { Bucket } from '../storage/bucket';
import type { ObjectVersion } from '../storage/object-version';
import { newVersionId, withVersion } from '../versioning';
import { refuseLoss } from '../worm';

const maximumKeyBytes = 1023;

/** OSS has no conditional writes: it refuses them rather than to write without looking. */
export function refuseConditions(call: Call): void {
  for (const name of ['if-match', 'if-none-match']) {
    if (call.headers[name] !== undefined)
      throw new OssError('NotImplemented', { elements: { Header: name } });
  }
}

/** Throws OssError InvalidObjectName for a key that OSS takes for none: empty, too long, or with a slash in front. */
export function checkKey(key: string): void {
  const bytes = Buffer.byteLength(key);
  if (bytes < 1 || bytes > maximumKeyBytes || /^[/\\]/.test(key)) {
    throw new OssError('InvalidObjectName', { elements: { ObjectName: key } });
  }
}

/** Throws FileAlreadyExists where x-oss-forbid-overwrite asks for it. On a bucket that ever had versioning it means nothing. */
export function refuseOverwrite(call: Call, bucket: Bucket, key: string): void {
  const wish = call.headers['x-oss-forbid-overwrite'];
  if (wish === undefined) return;
  if (wish !== 'true' && wish !== 'false') {
    throw new OssError('InvalidArgument', {
      elements: { ArgumentName: 'x-oss-forbid-overwrite', ArgumentValue: wish },
    });
  }
  if (wish === 'true' && bucket.config.versioning === undefined && bucket.current(key)) {
    throw new OssError('FileAlreadyExists', { elements: { Key: key } });
  }
}

/**
 * Makes a new version of an object visible, in one step, and says so to subscribers; refused by x-oss-forbid-overwrite
 * and WORM. `version` is asked for when the key is locked. A refusal leaves the version's body to the caller.
 */
export async function putVersion(
  call: Call,
  bucket: Bucket,
  event: string,
  version: () => Promise<Omit<ObjectVersion, 'versionId'>>,
): Promise<ObjectVersion> {
  const key = call.key!;
  const { added, before } = await bucket.change(key, async (versions) => {
    refuseOverwrite(call, bucket, key);
    const draft = { versionId: newVersionId(bucket.config) };
    const replaced =
      bucket.config.versioning === undefined
        ? versions
        : versions.filter(({ versionId }) => versionId === draft.versionId);
    refuseLoss(bucket.config, replaced, key, call.clock.now());
    const added = { ...draft, ...(await version()) };
    return {
      versions: withVersion(bucket.config, versions, added),
      result: { added, before: versions[0]?.size ?? 0 },
    };
  });
  const { size, etag } = added;
  call.emit({ name: event, bucket: bucket.config.name, key, size, etag, deltaSize: size - before });
  return added;
}
