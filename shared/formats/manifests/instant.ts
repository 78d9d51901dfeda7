import * as v from 'valibot';
import { fault } from '../../platform/input/parse';

/** A point in time, RFC 3339 in UTC. */
export const instantSchema = v.pipe(
  v.string(),
  v.check(
    (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) && !Number.isNaN(Date.parse(text)),
    fault('is not a point in time', 'write it as 2026-11-22T22:15:00Z'),
  ),
);

/** RFC 3339 without fractions, as Kubernetes writes it. */
export function instant(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
