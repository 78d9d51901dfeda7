import { environmentCredentials } from './fc/credentials';
import { type Log, silentLog } from '../platform/log/log';
import { systemClock, systemRandom } from '../platform/system';
import type { Installation } from './installation';
import { openInstallation } from './open-installation';
import { readSettings } from './settings';

/** Opens the installation for the command line: settings and credentials from the environment. */
export async function installationOfEnvironment(
  environment: NodeJS.ProcessEnv = process.env,
  log: Log = silentLog,
): Promise<Installation> {
  const settings = readSettings(environment);
  return openInstallation({
    settings,
    outside: settings.networkType === 'public',
    credentials: async () => environmentCredentials(environment),
    holder: 'cli',
    clock: systemClock,
    random: systemRandom,
    log,
  });
}
