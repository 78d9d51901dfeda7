import { environmentCredentials } from '../fc/credentials';
import { silentLog } from '../../platform/log/log';
import { systemClock, systemRandom } from '../../platform/system';
import { installationKeys } from '../installation-keys';
import { openStateStore } from '../open-installation';
import type { RestoreStateWork } from './restore-state';
import { readSettings } from '../settings';

/** The place that the environment names for a state, as it is: no installation is made by looking. */
export function newState(environment: NodeJS.ProcessEnv): RestoreStateWork {
  const parts = {
    settings: readSettings(environment),
    credentials: async () => environmentCredentials(environment),
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
  };
  return { ...parts, state: openStateStore({ ...parts, holder: 'cli' }), sealing: installationKeys(parts) };
}
