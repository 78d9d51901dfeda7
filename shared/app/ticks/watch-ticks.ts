import { messageOf } from '../../platform/errors';
import { instant } from '../../formats/manifests/instant';
import { cleanNotices } from '../../operations/notifications/clean-notices';
import { deliverNotices } from '../../operations/notifications/deliver-notices';
import { findAlarm, setAlarm } from '../../formats/state/alarms';
import { noticeId, postNotice } from '../../formats/state/notices';
import { type Health, healthOf, lengthOfSilence } from './health';
import { type Installation, notificationContext } from '../installation';
import { counted } from '../../platform/counted';

const subject = { of: 'ticks' } as const;

/**
 * For those who run beside the ticks: tells people once when the ticks have stopped, and once when they come again. Delivers
 * what waits, since the ticks then do not.
 */
export async function watchTicks(installation: Installation): Promise<Health> {
  const health = await healthOf(installation);
  const { state, clock, log } = installation;
  const alarm = await findAlarm(state.store, subject);
  const silent = health.status === 'silent';
  if (silent === (alarm?.phase === 'silent')) return health;
  const at = instant(clock.now());
  const length = lengthOfSilence(health);
  if (silent) log.error(`No tick has ended ${length}`);
  await postNotice(state.store, {
    // The alarm before says which silence this is.
    id: noticeId(silent ? 'silent' : 'ticks-again', alarm?.at ?? 'first'),
    event: silent ? 'silent' : 'recovered',
    title: silent ? 'Lifeboat: the ticks have stopped' : 'Lifeboat: the ticks come again',
    text: silent
      ? `no tick has ended ${length}: no backup is started, no run is started again\nsee the log of the function lifeboat-scheduled-backup`
      : `the last tick ended ${counted(health.secondsSinceTick ?? 0, 'second')} ago`,
    at,
  });
  await setAlarm(state.store, subject, { phase: silent ? 'silent' : 'ok', at });
  await deliverNotices(notificationContext(installation), AbortSignal.timeout(60_000));
  return health;
}

/** Does the work of an hour after a look at the ticks, which keeps it from nothing; old notices go then too. */
export async function watchTicksBeside<T>(installation: Installation, work: () => Promise<T>): Promise<T> {
  const { log, state } = installation;
  const aside = (what: string, part: Promise<unknown>) =>
    part.catch((error: unknown) => log.error(`${what} could not be looked at`, { error: messageOf(error) }));
  await aside('The ticks', watchTicks(installation));
  await aside('Old notices', cleanNotices(state.store));
  return work();
}
