import type { Clock, Random } from '../platform/clock';
import type { ExecCluster } from '../platform/kubernetes/port';
import type { Log } from '../platform/log/log';
import type { ClusterManifest } from '../formats/manifests/cluster';
import type { Vault } from '../formats/manifests/vault';
import type { Ack } from '../platform/alibaba/ack';
import type { NotificationContext } from '../operations/notifications/notification-context';
import type { Dispatcher } from '../operations/runs/dispatcher-port';
import type { RunContext } from '../operations/runs/run-context';
import type { State } from '../formats/state/state';
import type { BucketFacts } from '../platform/oss/oss-bucket';
import type { SealingKeys } from '../platform/seal/sealing-keys';
import type { ObjectStore } from '../platform/oss/port';
import type { Settings } from './settings';

/** One deployment of Lifeboat, opened with the credentials of whoever acts: a function or a person at the command line. */
export interface Installation {
  /** Written into each of its backups. */
  id: string;
  settings: Settings;
  state: State;
  /** What seals kubeconfigs and other secrets: `sealSecret` and `openSecret` of seal/envelope.ts take it. */
  sealing: SealingKeys;
  /** Gives kubeconfigs of ACK clusters in a region. */
  ack(region: string): Ack;
  dispatcher: Dispatcher;
  clock: Clock;
  random: Random;
  log: Log;
  /** FC's request id, or `cli`. */
  holder: string;
  /** True in the function `api`: it asks for runs, and carries none on (`RunContext.asksOnly`). */
  asksOnly?: boolean;
  /** The store of a registered vault, bound to its subdirectory; a read-only one refuses to write. Throws `not-found` naming it. */
  openVault(name: string): Promise<ObjectStore>;
  /** The store of a vault that may not be registered yet. */
  openVaultStore(vault: Vault): ObjectStore;
  /** What is so of the bucket of a vault, registered or not. */
  readVaultBucket(vault: Vault): Promise<BucketFacts>;
  /**
   * A connection to a registered cluster, its kubeconfig unsealed; the caller closes it. By name, or by the manifest where the
   * caller has read it. Throws `not-found` naming it.
   */
  openCluster(registered: string | ClusterManifest, options?: OpenClusterOptions): Promise<ExecCluster>;
}

export interface OpenClusterOptions {
  /**
   * Waits a few minutes for an API server that is away, also before the first answer, and half a minute for one that does not
   * know the credentials (401): for workers, which nobody watches.
   */
  waitsForServer?: boolean;
}

/** What the protocol of runs needs of an installation. */
export function runContext(installation: Installation): RunContext {
  const { id, state, dispatcher, clock, random, log, holder, asksOnly, settings } = installation;
  const { runsPerCluster } = settings;
  const own = { state: state.store, installation: id, dispatcher, clock, random, log, holder };
  return { ...own, asksOnly, runsPerCluster };
}

/** What telling people needs of an installation. */
export function notificationContext(installation: Installation): NotificationContext {
  const { id, state, clock, log, settings } = installation;
  const { notificationKey: key, local } = settings;
  return { state: state.store, installation: id, key, local, clock, log };
}
