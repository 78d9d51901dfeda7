/** A stretch of time, `to` exclusive. */
export interface Span {
  from: number;
  to: number;
}

/** In order, those that touch made one. */
export function merged(spans: readonly Span[]): Span[] {
  const found: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = found.at(-1);
    if (last && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else found.push({ ...span });
  }
  return found;
}

/** The parts of `span` that lie in none of `taken`, which are in order and without overlaps. */
export function outside(taken: readonly Span[], span: Span): Span[] {
  const found: Span[] = [];
  let from = span.from;
  for (let i = Math.max(countUpTo(taken, from) - 1, 0); i < taken.length; i += 1) {
    const each = taken[i]!;
    if (each.from >= span.to) break;
    if (each.from > from) found.push({ from, to: each.from });
    from = Math.max(from, each.to);
  }
  if (from < span.to) found.push({ from, to: span.to });
  return found;
}

/** Whether one of the spans, which are in order and without overlaps, holds a moment. */
export function holds(spans: readonly Span[], at: number): boolean {
  const last = spans[countUpTo(spans, at) - 1];
  return last !== undefined && at < last.to;
}

/** How many of the spans, which are in order, begin at or before `at`. */
export function countUpTo(spans: readonly Span[], at: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle]!.from <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
