import type { Detail } from '../../shared/operations/restore/report/outcome';
import { size as sizeText } from './size';

/** `from snapshot snap-1 of driver d, 1.0 GiB, taken 2026-11-22T20:58:27Z`; `not from …` where the claim does not get its data. */
export function snapshotText({
  handle,
  driver,
  size,
  taken,
  restored,
}: NonNullable<Detail['snapshot']>): string {
  const facts = [
    `snapshot ${handle} of driver ${driver}`,
    size === undefined ? 'size unknown' : sizeText(size),
    `taken ${taken ?? 'at an unknown time'}`,
  ];
  return `${restored ? 'from' : 'NOT from'} ${facts.join(', ')}`;
}
