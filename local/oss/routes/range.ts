import { OssError } from '../oss-error';

export interface Span {
  start: number;
  /** One past the last byte. */
  end: number;
}

/**
 * The bytes that a Range header asks for; undefined for the whole object. OSS answers a range that does not lie in the
 * object with the whole object and 200, unless `x-oss-range-behavior: standard` asks for HTTP's rules.
 */
export function parseRange(header: string | undefined, size: number, standard: boolean): Span | undefined {
  // Of several ranges OSS serves the first.
  const match = /^bytes=(\d*)-(\d*)(,.*)?$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [first, last] = [match[1]!, match[2]!];
  const start = first === '' ? size - Number(last) : Number(first);
  const end = first === '' || last === '' ? size : Number(last) + 1;
  if (first !== '' && last !== '' && end <= start) return undefined;
  const within = start >= 0 && start < size && end <= size && start < end;
  if (within) return { start, end };
  if (!standard) return undefined;
  if (start >= size || size === 0) throw new OssError('InvalidRange');
  return { start: Math.max(start, 0), end: Math.min(end, size) };
}
