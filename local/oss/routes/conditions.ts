import { OssError } from '../oss-error';
import type { ObjectVersion } from '../storage/object-version';

/** The four conditions of a read; a copy's have the prefix `x-oss-copy-source-`. */
export function checkConditions(
  headers: Readonly<Record<string, string>>,
  version: ObjectVersion,
  prefix = '',
): 'send' | 'not-modified' {
  const given = (name: string) => headers[prefix + name];
  const modified = Date.parse(version.lastModified);
  const matches = (wanted: string) =>
    wanted.split(',').some((tag) => ['*', version.etag].includes(tag.trim().replace(/^"|"$/g, '')));
  const ifMatch = given('if-match');
  if (ifMatch !== undefined && !matches(ifMatch)) throw failed(`${prefix}If-Match`);
  const unmodified = Date.parse(given('if-unmodified-since') ?? '');
  if (modified > unmodified) throw failed(`${prefix}If-Unmodified-Since`);
  const ifNoneMatch = given('if-none-match');
  if (ifNoneMatch !== undefined && matches(ifNoneMatch)) return 'not-modified';
  if (modified <= Date.parse(given('if-modified-since') ?? '')) return 'not-modified';
  return 'send';
}

function failed(condition: string): OssError {
  return new OssError('PreconditionFailed', { elements: { Condition: condition } });
}
