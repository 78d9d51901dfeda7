import * as v from 'valibot';
import { listAnswer } from './list';

export const verdictAnswer = v.strictObject({
  name: v.string(),
  delete: v.pipe(v.boolean(), v.description('Whether the next hourly pass deletes it')),
  reason: v.pipe(v.string(), v.description('Why it goes or stays, in words')),
  series: v.optional(v.strictObject({ schedule: v.string(), cluster: v.string(), clusterUid: v.string() })),
  madeAt: v.optional(v.pipe(v.string(), v.description('When it was committed, by OSS'))),
  items: v.optional(v.number()),
  deletion: v.optional(
    v.pipe(
      v.strictObject({ who: v.string(), at: v.string() }),
      v.description('A person decided that it goes; it can be taken back until the next pass'),
    ),
  ),
  suspect: v.optional(v.pipe(v.string(), v.description('Why a person should look at it'))),
});

export const verdictList = listAnswer(verdictAnswer);
