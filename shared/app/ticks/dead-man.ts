import { LifeboatError } from '../../platform/errors';
import { guardedCall } from '../../operations/notifications/guarded-call';
import type { Installation } from '../installation';

/** Tells a service elsewhere that the tick has ended, if one is set. Throws when it does not answer with a 2xx. */
export async function callDeadMan({ settings }: Pick<Installation, 'settings'>): Promise<void> {
  const { deadManUrl: url, local } = settings;
  if (url === undefined) return;
  const what = 'LIFEBOAT_DEAD_MAN_URL';
  const { status } = await guardedCall({ what, url, method: 'GET', local });
  if (status >= 200 && status <= 299) return;
  throw new LifeboatError('unavailable', `${what}: ${new URL(url).host} answered status ${status}`);
}
