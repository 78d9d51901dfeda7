import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { environmentCredentials } from '../../shared/app/fc/credentials';
import { fcDispatcher } from '../../shared/app/fc/dispatcher';
import { systemClock, systemRandom } from '../../shared/platform/system';
import { describeLive } from './describe-live';

describeLive('fc2 starts a function of FC 3.0 by a task id, once', {}, (value) => {
  it('is sent once, and already sent the second time', async () => {
    const dispatcher = fcDispatcher({
      accountId: value('LIFEBOAT_ACCOUNT_ID'),
      region: value('LIFEBOAT_REGION'),
      credentials: () => environmentCredentials(process.env),
      functions: {
        backups: process.env.LIFEBOAT_BACKUP_FUNCTION || 'lifeboat-backup',
        restores: process.env.LIFEBOAT_RESTORE_FUNCTION || 'lifeboat-restore',
      },
      clock: systemClock,
      random: systemRandom,
    });
    // Nobody asked for this run: the worker says so in its log and changes nothing.
    const id = randomBytes(16).toString('hex');
    const run = { kind: 'backups' as const, name: `live-${id.slice(0, 12)}` };
    expect(await dispatcher.start(run, `b_${id}`)).toBe('sent');
    expect(await dispatcher.start(run, `b_${id}`)).toBe('already-sent');
  }, 60_000);
});
