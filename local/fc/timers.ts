import type { Clock } from '../../shared/platform/clock';

/** A timer trigger. In the cloud it has a cron expression; here it fires at a steady interval. */
export interface TimerTrigger {
  function: string;
  triggerName: string;
  /** Milliseconds. */
  every: number;
  payload?: string;
}

/** The event of a timer trigger, as FC sends it. */
export function timerEvent({ triggerName, payload = '' }: TimerTrigger, at: Date): Buffer {
  const triggerTime = `${at.toISOString().slice(0, 19)}Z`;
  return Buffer.from(JSON.stringify({ triggerTime, triggerName, payload }));
}

/** Fires a trigger at its interval until the signal aborts. */
export async function runTimer(
  trigger: TimerTrigger,
  clock: Clock,
  signal: AbortSignal,
  fire: (event: Buffer) => void,
): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(trigger.every, signal).catch(() => {});
    if (!signal.aborted) fire(timerEvent(trigger, clock.now()));
  }
}
