import type { Clock, Random } from '../platform/clock';
import type { Credentials } from './fc/credentials';
import type { Log } from '../platform/log/log';
import { installationRecord } from '../formats/state/manifests/installation-record';
import { openState } from '../formats/state/state';
import { encryptingStore } from '../platform/oss/encrypting-store';
import { type OssLocation, openOssStore } from '../platform/oss/oss-store';
import type { ObjectStore } from '../platform/oss/port';
import type { Installation } from './installation';
import { vaultOpener } from './vaults/open-vault';
import { installationAck } from './installation-ack';
import { installationDispatcher } from './installation-dispatcher';
import { installationKeys } from './installation-keys';
import type { Settings } from './settings';
import { vaultAccess } from './vaults/vault-credentials';

export interface OpenOptions {
  settings: Settings;
  /** Of the function's role or of the person; asked again for every five minutes of work. */
  credentials(): Promise<Credentials>;
  /** As FC tells it; beats LIFEBOAT_ACCOUNT_ID. */
  accountId?: string;
  holder: string;
  /** Outside of the functions' network: internal endpoints of OSS do not answer here. */
  outside?: boolean;
  clock: Clock;
  random: Random;
  log: Log;
}

/**
 * Opens the installation that the settings name. Reads (or on the first start writes) its record, nothing else.
 * Throws LifeboatError: `invalid` for settings, `denied` or `unavailable` for the state.
 */
export async function openInstallation(options: OpenOptions): Promise<Installation> {
  const { settings, clock, random, log, holder } = options;
  const store = openStateStore(options);
  const state = openState(store);
  const { id } = await installationRecord(store, { clock, random });
  const sealing = installationKeys(options);
  const ack = installationAck(options);
  const vaults = vaultOpener({
    settings,
    outside: options.outside,
    access: vaultAccess({ id, settings, credentials: options.credentials, clock, random, log }),
    deps: { clock, random, log },
  });
  return {
    id,
    settings,
    state,
    sealing,
    ack,
    dispatcher: installationDispatcher(options, state),
    clock,
    random,
    log,
    holder,
    openVault: async (name) => vaults.store(await state.vaults.get(name)),
    openVaultStore: (vault) => vaults.store(vault),
    readVaultBucket: (vault) => vaults.facts(vault),
    // Most of what is asked of an installation reaches no cluster, and this brings the Kubernetes client.
    openCluster: async (registered, options) => {
      const { openRegisteredCluster } = await import('./clusters/open-cluster');
      return openRegisteredCluster(
        registered,
        { id, state, sealing, ack, settings, clock, random, log },
        options,
      );
    },
  };
}

/** What holds sealed secrets. */
const secretFolders = ['clusters/', 'vaults/', 'notifications/', 'keys/', 'recovery/'];

/** The state alone, where no installation is to be made by looking. */
export function openStateStore(options: OpenOptions): ObjectStore {
  const { state, region, networkType, ossEndpoint, stateSseKmsKey } = options.settings;
  const store = openStore(options, { ...state, region, networkType, endpoint: ossEndpoint });
  return stateSseKmsKey === undefined ? store : encryptingStore(store, stateSseKmsKey, secretFolders);
}

function openStore(
  { settings, credentials, clock, random, log }: OpenOptions,
  location: OssLocation,
): ObjectStore {
  return openOssStore(
    location,
    { credentials, allowInsecureLoopback: settings.local },
    { clock, random, log },
  );
}
