import * as v from 'valibot';

/** How the origin of a backup was judged; in the results of runs and in plans. */
export const originVerdictSchema = v.variant('verdict', [
  v.object({ verdict: v.literal('proved'), by: v.string() }),
  /** Nothing could prove it: Velero wrote it. Readers take it. */
  v.object({ verdict: v.literal('unprovable'), reason: v.string() }),
  /** It claims to be a backup of Lifeboat and cannot be proved. Readers refuse it unless an admin names it. */
  v.object({ verdict: v.literal('unproved'), reason: v.string() }),
  /** It is not what was written. Every reader refuses it. */
  v.object({ verdict: v.literal('broken'), reason: v.string() }),
]);

export type OriginVerdict = v.InferOutput<typeof originVerdictSchema>;

/** The verdict as one line for people: `proved: this installation committed it`. */
export function originLine(verdict: OriginVerdict): string {
  switch (verdict.verdict) {
    case 'proved':
      return `proved: ${verdict.by}`;
    case 'unprovable':
      return `not provable: ${verdict.reason}`;
    case 'unproved':
      return `NOT PROVED: ${verdict.reason}`;
    case 'broken':
      return `BROKEN: ${verdict.reason}`;
  }
}
