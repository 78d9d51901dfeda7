import * as v from 'valibot';
import { backupRequestSchema } from '../../formats/manifests/request';
import { listAnswer } from './list';
import { progressAnswer, resultAnswer } from './runs';

/** What a vault's listing and the manifest of the backup tell. */
const summary = {
  startTimestamp: v.optional(v.string()),
  completionTimestamp: v.optional(v.string()),
  expiration: v.optional(
    v.pipe(v.string(), v.description('Absent where nothing but a rule or a person lets it go')),
  ),
  items: v.optional(v.number()),
  errors: v.optional(v.number()),
  warnings: v.optional(v.number()),
};

const deletion = v.pipe(
  v.strictObject({ who: v.string(), at: v.string(), reason: v.optional(v.string()) }),
  v.description(
    'Its deletion was decided; the next hourly pass carries it out, and until then it can be taken back',
  ),
);

/** What the state says of a backup. */
const standing = {
  suspect: v.optional(
    v.pipe(v.string(), v.description('Why a person should look at it, as of the last hourly pass')),
  ),
  copied: v.optional(v.pipe(v.literal(true), v.description('This installation copied it into the vault'))),
  replicated: v.optional(
    v.pipe(
      v.array(v.strictObject({ rule: v.string(), cluster: v.string() })),
      v.description('Rules that restored it, for as long as their runs are known'),
    ),
  ),
  deletion: v.optional(deletion),
};

export const listedBackup = v.pipe(
  v.strictObject({
    name: v.string(),
    vault: v.string(),
    phase: v.optional(v.string()),
    ...summary,
    labels: v.optional(v.record(v.string(), v.string())),
    writer: v.optional(v.picklist(['lifeboat', 'velero'])),
    bytes: v.optional(v.number()),
    held: v.optional(v.pipe(v.literal(true), v.description('Under legal hold'))),
    ...standing,
    reason: v.optional(v.pipe(v.string(), v.description('Why it failed'))),
  }),
  v.description('A backup that lies in a vault, or a run that has not put one there'),
);

export const backupList = listAnswer(listedBackup);

export const shownBackup = v.pipe(
  v.strictObject({
    kind: v.literal('backups'),
    name: v.string(),
    phase: v.string(),
    vault: v.string(),
    stored: v.optional(
      v.strictObject({
        ...summary,
        labels: v.record(v.string(), v.string()),
        annotations: v.record(v.string(), v.string()),
        writer: v.picklist(['lifeboat', 'velero']),
        bytes: v.number(),
        problems: v.pipe(v.array(v.string()), v.description('Side files that are there and cannot be read')),
        hold: v.optional(v.pipe(v.string(), v.description('Why it is under legal hold'))),
        ...standing,
      }),
    ),
    request: v.optional(backupRequestSchema),
    live: v.optional(v.boolean()),
    starts: v.optional(v.number()),
    progress: v.optional(progressAnswer),
    result: v.optional(resultAnswer),
  }),
  v.description(
    '`stored` is what lies in the vault, the rest is of the run, where this installation made it',
  ),
);

const half = v.strictObject({
  velero: v.optional(v.array(v.string())),
  cluster: v.optional(v.array(v.string())),
  namespaces: v.optional(v.record(v.string(), v.array(v.string()))),
});

export const resultsAnswer = v.pipe(
  v.strictObject({ errors: half, warnings: half }),
  v.description("Velero's: of the run itself, of cluster-scoped objects, and by namespace"),
);

export const contentsList = listAnswer(
  v.strictObject({
    resource: v.pipe(v.string(), v.description('`apps/v1/Deployment`')),
    namespace: v.optional(v.string()),
    name: v.string(),
  }),
);

export const heldAnswer = v.strictObject({
  held: v.pipe(v.boolean(), v.description('False when it was held before; the first reason stands')),
  deleting: v.pipe(v.boolean(), v.description('A deletion had been asked for, and is given up if it can be')),
  expiration: v.optional(v.pipe(v.string(), v.description('When a real Velero deletes it all the same'))),
});
