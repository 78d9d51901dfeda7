import * as v from 'valibot';
import { clusterSchema } from '../../formats/manifests/cluster';
import { notificationSchema } from '../../formats/manifests/notification';
import { replicationSchema } from '../../formats/manifests/replication';
import { scheduleSchema } from '../../formats/manifests/schedule';
import { vaultSchema } from '../../formats/manifests/vault';
import { whysLeftOut } from '../../formats/state/left-out';
import { listAnswer } from './list';

const { kind: scheduleKind, metadata: scheduleMetadata, spec: scheduleSpec } = scheduleSchema.entries;
const {
  kind: replicationKind,
  metadata: replicationMetadata,
  spec: replicationSpec,
} = replicationSchema.entries;

const byName = v.strictObject({ name: v.string() });

/** What a caller with a scope needs of a vault: that it may be named, and whether it answers. */
const scopedVault = v.pipe(
  v.strictObject({
    kind: v.literal('Vault'),
    metadata: byName,
    status: v.strictObject({ phase: v.picklist(['Available', 'Unavailable']) }),
  }),
  v.description('A vault as a token with clusters sees it: not where it lies, nor how it is reached'),
);

const clusterEntries = clusterSchema.entries;

/** What a caller with a scope needs of a cluster: not where it is, nor how it is reached. */
const scopedCluster = v.pipe(
  v.strictObject({
    kind: clusterEntries.kind,
    metadata: clusterEntries.metadata,
    spec: v.strictObject({ serverVersion: clusterEntries.spec.entries.serverVersion }),
    status: clusterEntries.status,
  }),
  v.description('A cluster as a token with clusters sees it: not where it is, nor how it is reached'),
);

export const shownVault = v.union([vaultSchema, scopedVault]);
export const shownCluster = v.union([clusterSchema, scopedCluster]);

const leftOutAnswer = v.strictObject({
  since: v.pipe(
    v.string(),
    v.description(
      'The last slot before them whose backup was requested, or when the schedule was made or resumed',
    ),
  ),
  until: v.pipe(v.string(), v.description('The slot after them')),
  slots: v.pipe(v.number(), v.description('How many there are')),
  more: v.optional(
    v.pipe(v.literal(true), v.description('There are more than `slots`, which were not counted')),
  ),
  reasons: v.array(
    v.strictObject({
      why: v.picklist(whysLeftOut),
      reason: v.string(),
      slots: v.number(),
      first: v.string(),
      last: v.string(),
    }),
  ),
  text: v.pipe(v.string(), v.description('The same for people')),
});

const scheduleStatusAnswer = v.strictObject({
  next: v.pipe(
    v.array(v.strictObject({ slot: v.string(), due: v.string() })),
    v.description('The next slots, none while it is paused'),
  ),
  clusters: v.array(
    v.strictObject({
      cluster: v.string(),
      last: v.optional(v.strictObject({ backup: v.string(), phase: v.string() })),
      lastGood: v.optional(v.pipe(v.string(), v.description('Slot of the newest Completed backup'))),
      overdue: v.optional(v.pipe(v.string(), v.description('The slot whose backup is overdue'))),
      leftOut: v.optional(
        v.pipe(
          v.array(leftOutAnswer),
          v.description(
            'Slots that have no backup, newest first, at most 20 stretches. Only where one schedule is shown',
          ),
        ),
      ),
    }),
  ),
  problem: v.optional(v.pipe(v.string(), v.description('Why this cannot be told'))),
});

const replicationStatusAnswer = v.strictObject({
  targets: v.array(v.looseObject({ target: v.string() })),
  lagSeconds: v.optional(v.number()),
  problem: v.optional(v.pipe(v.string(), v.description('Why this cannot be told'))),
});

export const shownSchedule = v.strictObject({
  kind: scheduleKind,
  metadata: scheduleMetadata,
  spec: scheduleSpec,
  status: scheduleStatusAnswer,
});

export const shownReplication = v.strictObject({
  kind: replicationKind,
  metadata: replicationMetadata,
  spec: replicationSpec,
  status: replicationStatusAnswer,
});

export const clusterList = listAnswer(shownCluster);
export const vaultList = listAnswer(shownVault);
export const scheduleList = listAnswer(shownSchedule);
export const replicationList = listAnswer(shownReplication);
export const notificationList = listAnswer(notificationSchema);
