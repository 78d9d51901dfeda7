/** Longest name a backup can hold: a Kubernetes name of 253 characters and `.json`. */
const maxSegmentBytes = 258;
const slash = 0x2f;
const dot = 0x2e;

/**
 * The path without a leading `./` or a directory's `/` at its end; undefined when it could lead out of the directory it is
 * read into, or says nothing.
 */
export function safePath(path: string): string | undefined {
  const start = path.startsWith('./') ? 2 : 0;
  const end = path.endsWith('/') ? path.length - 1 : path.length;
  if (end <= start) return undefined;
  let segment = start;
  let bytes = 0;
  for (let at = start; at <= end; at++) {
    const unit = at === end ? slash : path.charCodeAt(at);
    if (unit !== slash) {
      // The replacement character stands where bytes were not UTF-8.
      if (unit === 0 || unit === 0xfffd) return undefined;
      // Two bytes each for the halves of a surrogate pair.
      bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 2 : 3;
      continue;
    }
    const length = at - segment;
    if (length <= 0 || bytes > maxSegmentBytes) return undefined;
    const dots = path.charCodeAt(segment) === dot && (length === 1 || path.charCodeAt(segment + 1) === dot);
    if (dots && length <= 2) return undefined;
    segment = at + 1;
    bytes = 0;
  }
  return path.slice(start, end);
}
