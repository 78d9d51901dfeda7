const units: [string, number][] = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
];

/** A duration as kubectl shows an age: the two largest units at most, `4d3h`, `12m`, `7s`; `-` when unknown. */
export function shortDuration(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return '-';
  let rest = Math.max(0, Math.floor(milliseconds / 1000));
  const first = units.findIndex(([, size]) => rest >= size);
  if (first < 0) return '0s';
  let text = '';
  for (const [unit, size] of units.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}

/** How long ago an RFC 3339 time was. */
export function ageOf(timestamp: string | undefined, now: Date): string {
  return timestamp === undefined ? '-' : shortDuration(now.getTime() - Date.parse(timestamp));
}
