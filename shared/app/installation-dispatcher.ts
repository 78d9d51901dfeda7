import { LifeboatError } from '../platform/errors';
import { fcDispatcher } from './fc/dispatcher';
import { workerFunctions } from './fc/worker-functions';
import type { Dispatcher } from '../operations/runs/dispatcher-port';
import type { State } from '../formats/state/state';
import type { KeySources } from './installation-keys';
import { runNetwork } from './clusters/run-network';

/**
 * Starts workers of the network from which a run's cluster is reached. Made when the first run is started: those who only
 * read need no account.
 */
export function installationDispatcher(
  options: KeySources & { accountId?: string },
  state: State,
): Dispatcher {
  const { settings, clock, random, credentials } = options;
  return {
    async start(run, taskId) {
      const accountId = options.accountId ?? settings.accountId;
      if (!accountId) {
        throw new LifeboatError('invalid', 'LIFEBOAT_ACCOUNT_ID is not set, so no worker can be started', {
          hint: 'set it to the id of the account that owns the functions',
        });
      }
      return fcDispatcher({
        accountId,
        region: settings.region,
        credentials,
        functions: workerFunctions(settings.functions, await runNetwork(state, run)),
        internal: settings.networkType === 'internal',
        endpoint: settings.fcEndpoint,
        clock,
        random,
      }).start(run, taskId);
    },
  };
}
