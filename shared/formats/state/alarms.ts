import * as v from 'valibot';
import { isKind } from '../../platform/errors';
import { assertName } from '../../platform/input/names';
import type { ObjectStore } from '../../platform/oss/port';
import { documentBytes, readJson } from './json-object';

/**
 * What is well or not: the backups that a schedule makes of a cluster, the restores that a rule makes into one, the copies that
 * a schedule makes to a vault, the ticks.
 */
export type AlarmSubject =
  | { of: 'copies'; name: string; vault: string }
  | { of: 'schedules' | 'replications'; name: string; cluster: string }
  | { of: 'ticks' };

const schema = v.object({
  kind: v.literal('Alarm'),
  phase: v.picklist(['ok', 'partially-failed', 'failed', 'overdue', 'silent']),
  at: v.string(),
});

/** How a subject stood when somebody was last told, and when that was so (RFC 3339). */
export type Alarm = Omit<v.InferOutput<typeof schema>, 'kind'>;

function alarmKey(subject: AlarmSubject): string {
  if (subject.of === 'ticks') return 'alarms/ticks.json';
  if (subject.of === 'copies') {
    assertName('schedule', subject.name);
    assertName('vault', subject.vault);
    return `alarms/copies/${subject.name}/${subject.vault}.json`;
  }
  assertName('cluster', subject.cluster);
  assertName(subject.of === 'schedules' ? 'schedule' : 'replication', subject.name);
  return `alarms/${subject.of}/${subject.name}/${subject.cluster}.json`;
}

/** Undefined where nobody was ever told anything; what cannot be read counts so too. */
export async function findAlarm(state: ObjectStore, subject: AlarmSubject): Promise<Alarm | undefined> {
  const stored = await readJson(state, alarmKey(subject)).catch(unlessInvalid);
  const parsed = v.safeParse(schema, stored?.value);
  return parsed.success ? { phase: parsed.output.phase, at: parsed.output.at } : undefined;
}

/** Overwrites it: two ticks that do so at once write the same. */
export async function setAlarm(state: ObjectStore, subject: AlarmSubject, alarm: Alarm): Promise<void> {
  await state.put(alarmKey(subject), documentBytes({ kind: 'Alarm', ...alarm }));
}

function unlessInvalid(error: unknown): undefined {
  if (isKind(error, 'invalid')) return undefined;
  throw error;
}
