import * as v from 'valibot';
import { sha256Hex } from '../../platform/sha256';
import { instantSchema } from '../manifests/instant';
import { isName } from '../../platform/input/names';
import { notificationEvents } from '../manifests/notification';
import { parse } from '../../platform/input/parse';
import type { ObjectStore } from '../../platform/oss/port';
import { documentBytes, readJson } from './json-object';

const schema = v.object({
  kind: v.literal('Notice'),
  id: v.string(),
  event: v.picklist(notificationEvents),
  title: v.string(),
  text: v.string(),
  at: instantSchema,
});

/** One thing that people are told of. Holds no secret. */
export type Notice = Omit<v.InferOutput<typeof schema>, 'kind'>;

/** The id of a notice of one change: the same for everyone who sees the change. */
export function noticeId(...change: string[]): string {
  return sha256Hex(change.join('\0')).slice(0, 32);
}

/** How far one channel is with a notice. */
export interface Delivery {
  sent: boolean;
  /** How often it was tried, and the age of the last try in milliseconds. */
  tries: number;
  lastTryAge: number;
}

/** A notice that is not delivered everywhere. */
export interface PendingNotice {
  id: string;
  /** OSS's time since it was posted, milliseconds. */
  age: number;
  /** By channel. */
  deliveries: Map<string, Delivery>;
  keys: string[];
}

/**
 * A state whose bucket keeps versions can claim nothing, which is just what people must be told: there a notice goes out all the
 * same, at worst twice with the same id.
 */
const unlocked = { exclusive: false } as const;

const marks = /^outbox\/([0-9a-f]{32})(?:\.([a-z0-9-]+)\.(sent|[1-9]\d?))?$/;

/**
 * Puts a notice up for delivery, once: false when there is one of this id already. `outbox/<id>` first, then the create-only
 * `notices/<id>.json`, so that no crash loses it.
 */
export async function postNotice(state: ObjectStore, notice: Notice): Promise<boolean> {
  const key = `notices/${notice.id}.json`;
  if (await state.head(key)) return false;
  await state.put(`outbox/${notice.id}`, Buffer.alloc(0));
  return (await state.create(key, documentBytes({ kind: 'Notice', ...notice }), unlocked)).created;
}

/** Undefined when there is none. */
export async function findNotice(state: ObjectStore, id: string): Promise<Notice | undefined> {
  const stored = await readJson(state, `notices/${id}.json`);
  return stored && parse(schema, stored.value, `notice ${id}`);
}

/** What is to be delivered, oldest first: one listing. */
export async function pendingNotices(state: ObjectStore): Promise<PendingNotice[]> {
  const pending = new Map<string, PendingNotice>();
  for await (const page of state.list('outbox/')) {
    for (const { key, lastModified } of page.objects) {
      const [, id, channel, what] = marks.exec(key) ?? [];
      if (!id) continue;
      const age = page.date.getTime() - lastModified.getTime();
      const one: PendingNotice = pending.get(id) ?? { id, age, deliveries: new Map(), keys: [] };
      pending.set(id, one);
      one.keys.push(key);
      if (!channel || !isName(channel)) continue;
      const delivery = one.deliveries.get(channel) ?? { sent: false, tries: 0, lastTryAge: Infinity };
      one.deliveries.set(channel, delivery);
      if (what === 'sent') delivery.sent = true;
      else if (Number(what) > delivery.tries)
        Object.assign(delivery, { tries: Number(what), lastTryAge: age });
    }
  }
  return [...pending.values()].sort((a, b) => b.age - a.age);
}

/** Takes the n-th try of a channel; false when somebody else makes it. */
export async function claimTry(state: ObjectStore, id: string, channel: string, n: number): Promise<boolean> {
  return (await state.create(`outbox/${id}.${channel}.${n}`, documentBytes({ kind: 'Try', n }), unlocked))
    .created;
}

export async function markSent(state: ObjectStore, id: string, channel: string): Promise<void> {
  await state.create(`outbox/${id}.${channel}.sent`, documentBytes({ kind: 'Sent' }), unlocked);
}

/** Every channel is done with it. The mark beside the notice keeps one that is posted again by a slow tick from going out twice. */
export async function markDelivered(state: ObjectStore, { id, keys }: PendingNotice): Promise<void> {
  await state.create(`notices/${id}.sent`, documentBytes({ kind: 'Delivered' }), unlocked);
  const now = new Set(keys);
  for await (const page of state.list(`outbox/${id}`)) for (const { key } of page.objects) now.add(key);
  await state.delete([...now]);
}

export async function isDelivered(state: ObjectStore, id: string): Promise<boolean> {
  return (await state.head(`notices/${id}.sent`)) !== undefined;
}
