import * as v from 'valibot';
import { sealedSchema } from '../../platform/seal/seal';
import { metadataSchema } from './metadata';
import { fault } from '../../platform/input/parse';

/**
 * What a notification tells:
 * - `failed`, `partially-failed`: how a backup or restore ended
 * - `overdue`: a schedule has no good backup for a slot whose time is over
 * - `left-out`: slots of a schedule were passed over, and have no backup
 * - `vanished`: backups are no longer in a vault, though nothing let them go
 * - `recovered`: what was one of these is well again
 * - `silent`: no tick has ended for a while
 * - `function-failed`: Function Compute could not carry an invocation out
 */
export const notificationEvents = [
  'failed',
  'partially-failed',
  'overdue',
  'left-out',
  'vanished',
  'recovered',
  'silent',
  'function-failed',
] as const;
export type NotificationEvent = (typeof notificationEvents)[number];

export const channelTypes = ['webhook', 'dingtalk', 'feishu', 'wecom', 'slack'] as const;
export type ChannelType = (typeof channelTypes)[number];

export const notificationSchema = v.strictObject({
  kind: v.literal('Notification'),
  metadata: metadataSchema,
  spec: v.strictObject({
    type: v.picklist(channelTypes),
    /** Where it goes: host and port. The rest of the URL lets whoever knows it write, so it is sealed. */
    host: v.string(),
    /** URL and secret. */
    sealedTarget: sealedSchema,
    /** Default: all. */
    events: v.optional(
      v.pipe(
        v.array(v.picklist(notificationEvents)),
        v.minLength(1, fault('is empty', 'leave it out for all events, or name one')),
      ),
    ),
  }),
});

/** Where people are told of what went wrong. */
export type NotificationManifest = v.InferOutput<typeof notificationSchema>;
