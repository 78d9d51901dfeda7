import * as v from 'valibot';
import { clusterSchema } from '../../manifests/cluster';
import { notificationSchema } from '../../manifests/notification';
import { replicationSchema } from '../../manifests/replication';
import { scheduleSchema } from '../../manifests/schedule';
import { vaultSchema } from '../../manifests/vault';
import { listAnswer } from './list';

const { kind: scheduleKind, metadata: scheduleMetadata, spec: scheduleSpec } = scheduleSchema.entries;
const {
  kind: replicationKind,
  metadata: replicationMetadata,
  spec: replicationSpec,
} = replicationSchema.entries;

export const scheduleStatusAnswer = v.strictObject({
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
    }),
  ),
  problem: v.optional(v.pipe(v.string(), v.description('Why this cannot be told'))),
});

export const replicationStatusAnswer = v.strictObject({
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

export const clusterList = listAnswer(clusterSchema);
export const vaultList = listAnswer(vaultSchema);
export const scheduleList = listAnswer(shownSchedule);
export const replicationList = listAnswer(shownReplication);
export const notificationList = listAnswer(notificationSchema);
