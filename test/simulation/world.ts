import { type Actor, actor } from './actor';
import { addSchedule } from '../../shared/app/schedules/add-schedule';
import type { Installation } from '../../shared/app/installation';
import { LifeboatError } from '../../shared/platform/errors';
import { silentLog } from '../../shared/platform/log/log';
import type { Dispatcher } from '../../shared/operations/runs/dispatcher-port';
import type { RunId } from '../../shared/formats/state/run-keys';
import { openState } from '../../shared/formats/state/state';
import { countingRandom, FakeClock } from '../harness/fake-clock';
import { MemoryBucket } from '../harness/memory-bucket';
import type { Chance } from './chance';
import { type Chronicle, chronicleOf } from './chronicle';
import { monthStart, plannedSchedules } from './planned-schedules';

/** `e` takes restores only. */
const clusters = ['a', 'b', 'c', 'd', 'e'];

/** An installation in memory, whose only clock is also OSS's, with everything that happens to it on record. */
export interface World {
  clock: FakeClock;
  chance: Chance;
  stateBucket: MemoryBucket;
  vaultBucket: MemoryBucket;
  chronicle: Chronicle;
  /** Of each cluster's kube-system namespace: a cluster that is built anew has another. */
  uids: Map<string, string>;
  /** Opened by an instance, or by a person. */
  open(holder: string): Installation;
  /** Set by whoever carries runs out. */
  startWorker(run: RunId): void;
  /** No run is made to last longer. */
  lastEnd: number;
  /** False once the chaos is over: nothing more goes wrong. */
  chaos: boolean;
}

export async function aWorld(chance: Chance, lastEnd: number): Promise<World> {
  const clock = new FakeClock(new Date(monthStart).toISOString());
  const stateBucket = new MemoryBucket(clock, 'state');
  const vaultBucket = new MemoryBucket(clock, 'vault');
  const pass = (operation: Parameters<Actor['before']>[0], key: string) => actor()?.before(operation, key);
  stateBucket.before = pass;
  vaultBucket.before = pass;
  const chronicle = chronicleOf(stateBucket, vaultBucket);
  const random = countingRandom();
  const vault = vaultBucket.store('vault/');
  const taken = new Set<string>();
  const dispatcher: Dispatcher = {
    async start(run, taskId) {
      if (world.chaos && chance.of(0.02)) throw new LifeboatError('unavailable', 'FC does not answer');
      if (taken.has(taskId)) return 'already-sent';
      taken.add(taskId);
      // An invocation that was taken and is lost all the same.
      if (!world.chaos || !chance.of(0.02)) world.startWorker(run);
      return 'sent';
    },
  };
  const world: World = {
    clock,
    chance,
    stateBucket,
    vaultBucket,
    chronicle,
    uids: new Map(clusters.map((name) => [name, `uid-${name}-1`])),
    open: (holder) => ({
      id: '1'.repeat(32),
      settings: {
        state: { bucket: 'state', prefix: 'state' },
        region: 'cn-hangzhou',
        networkType: 'public',
        functions: { backups: 'lifeboat-backup', restores: 'lifeboat-restore' },
        local: false,
      },
      state: openState(stateBucket.store('state/')),
      sealing: {
        current() {
          throw new Error('nothing is sealed here');
        },
        find: () => undefined,
        direct: () => undefined,
      },
      ack() {
        throw new Error('no cluster is one of ACK here');
      },
      dispatcher,
      clock,
      random,
      log: silentLog,
      holder,
      openVault: async () => vault,
      openVaultStore: () => vault,
      readVaultBucket: async () => Promise.reject(new Error('no bucket is asked about')),
      openCluster: async () => {
        throw new Error('workers here look into no cluster');
      },
    }),
    startWorker: () => {},
    lastEnd,
    chaos: true,
  };
  await register(world.open('cli'));
  return world;
}

async function register(installation: Installation): Promise<void> {
  const { state } = installation;
  await state.vaults.create({
    kind: 'Vault',
    metadata: { name: 'main' },
    spec: { region: 'cn-hangzhou', bucket: 'vault' },
  });
  const sealed = { version: 1, algorithm: 'AES-256-GCM', keyId: '0', nonce: '0', ciphertext: '0', tag: '0' };
  for (const name of clusters) {
    await state.clusters.create({
      kind: 'Cluster',
      metadata: { name, labels: { env: name === 'a' || name === 'b' ? 'live' : 'test' } },
      spec: { server: 'https://10.0.0.1:6443', sealedKubeconfig: sealed },
    });
  }
  for (const { name, spec } of plannedSchedules) await addSchedule(installation, { name, spec });
}
