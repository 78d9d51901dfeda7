import { readContext } from './fc/context';
import { contextCredentials } from './fc/credentials';
import { fcLog } from './fc/fc-log';
import { systemClock, systemRandom } from '../platform/system';
import type { Installation } from './installation';
import { openInstallation } from './open-installation';
import { readSettings } from './settings';

/**
 * Opens the installation for one invocation of a function: credentials from its context, the rest from the environment.
 * Nothing is kept for the next invocation of the same instance.
 */
export async function installationOfFunction(
  context: unknown,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Installation> {
  const fc = readContext(context);
  return openInstallation({
    settings: readSettings(environment),
    credentials: async () => contextCredentials(fc),
    accountId: fc.accountId,
    holder: fc.requestId,
    clock: systemClock,
    random: systemRandom,
    log: fcLog(fc.logger ?? console),
  });
}
