import { bucketNamed, type Call } from '../call';
import { OssError } from '../oss-error';
import type { Bucket } from '../storage/bucket';
import type { ObjectVersion } from '../storage/object-version';
import { checkConditions } from './conditions';
import { findVersion, refuseArchived } from './get-object';

export interface CopySource {
  bucket: Bucket;
  version: ObjectVersion;
}

/** What x-oss-copy-source names, its conditions checked. Throws InvalidArgument, NoSuchBucket, NoSuchKey, PreconditionFailed. */
export function copySource(call: Call): CopySource {
  const header = call.headers['x-oss-copy-source']!;
  const mark = header.indexOf('?versionId=');
  const path = decodePath(mark < 0 ? header : header.slice(0, mark)).replace(/^\//, '');
  const slash = path.indexOf('/');
  if (slash < 1 || slash === path.length - 1) throw invalidSource(header);
  const [name, key] = [path.slice(0, slash), path.slice(slash + 1)];
  const versionId = mark < 0 ? undefined : header.slice(mark + '?versionId='.length);
  const version = findVersion(call, name, key, versionId);
  if (checkConditions(call.headers, version, 'x-oss-copy-source-') === 'not-modified') {
    // A copy has no use for 304: OSS answers a condition of its source that does not hold with 412 or 304 alike.
    throw new OssError('PreconditionFailed', { elements: { Condition: 'x-oss-copy-source-if-none-match' } });
  }
  refuseArchived(call, version);
  return { bucket: bucketNamed(call, name), version };
}

function decodePath(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalidSource(text);
  }
}

function invalidSource(header: string): OssError {
  return new OssError('InvalidArgument', {
    elements: { ArgumentName: 'x-oss-copy-source', ArgumentValue: header },
  });
}
