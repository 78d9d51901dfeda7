import { silentLog } from '../../shared/platform/log/log';
import type { Installation } from '../../shared/app/installation';
import { openInstallation } from '../../shared/app/open-installation';
import { readSettings } from '../../shared/app/settings';
import { openState } from '../../shared/formats/state/state';
import { systemClock, systemRandom } from '../../shared/platform/system';
import { benchVault } from '../operation-message';
import type { BenchOss } from '../start-oss';
import { countedBucket } from './counted-bucket';
import type { Measurement } from './measurement';

/** A new installation with an empty vault `main`, a clock that is also OSS's, and a meter. */
export interface MeasuredInstallation {
  installation: Installation;
  /** True where the store only counts: its figures of CPU are without those of the OSS client. */
  inMemory: boolean;
  /** Moves the clock on, or sets it. */
  advance(ms: number): Promise<void>;
  setTime(at: string): Promise<void>;
  /** Does something, and returns what it cost. */
  measure(work: () => Promise<unknown>): Promise<Pick<Measurement, 'requests' | 'cpuSeconds'>>;
}

const { region, credentials, vaultBucket, stateBucket } = benchVault;

/** Over the real client and the embedded OSS server, which has nothing yet. */
export async function measuredOverOss(oss: BenchOss): Promise<MeasuredInstallation> {
  const time = movedClock();
  const count = () => oss.setAhead(time.ahead());
  const opened = await openInstallation({
    settings: readSettings({
      LIFEBOAT_STATE: `oss://${stateBucket}/lifeboat`,
      LIFEBOAT_REGION: region,
      LIFEBOAT_OSS_ENDPOINT: oss.endpoint,
      LIFEBOAT_LOCAL: '1',
    }),
    credentials: async () => credentials,
    outside: true,
    holder: 'bench',
    clock: time.clock,
    random: systemRandom,
    log: silentLog,
  });
  return measured(opened, time, count, false);
}

/** Over a store in memory that counts requests as the client would make them. */
export async function measuredInMemory(): Promise<MeasuredInstallation> {
  const time = movedClock();
  const bucket = countedBucket(time.clock);
  const state = openState(bucket.store('state/'));
  const vault = bucket.store('vault/');
  const installation = {
    id: '1'.repeat(32),
    settings: readSettings({ LIFEBOAT_STATE: `oss://${stateBucket}/lifeboat`, LIFEBOAT_REGION: region }),
    state,
    clock: time.clock,
    random: systemRandom,
    log: silentLog,
    holder: 'bench',
    openVault: async (name: string) => {
      await state.vaults.get(name);
      return vault;
    },
    openVaultStore: () => vault,
  } as unknown as Installation;
  return measured(installation, time, async () => bucket.requests(), true);
}

async function measured(
  opened: Installation,
  time: ReturnType<typeof movedClock>,
  count: () => Promise<number>,
  inMemory: boolean,
): Promise<MeasuredInstallation> {
  // Starting a worker is a call of Function Compute, which is not measured.
  const installation: Installation = { ...opened, dispatcher: { start: async () => 'sent' } };
  await installation.state.vaults.create({
    kind: 'Vault',
    metadata: { name: 'main' },
    spec: { region, bucket: vaultBucket },
  });
  return {
    installation,
    inMemory,
    async advance(ms) {
      time.advance(ms);
      await count();
    },
    async setTime(at) {
      time.advance(Date.parse(at) - time.clock.now().getTime());
      await count();
    },
    async measure(work) {
      const [requests, cpu] = [await count(), process.cpuUsage()];
      await work();
      const { user, system } = process.cpuUsage(cpu);
      return { requests: (await count()) - requests, cpuSeconds: (user + system) / 1e6 };
    },
  };
}

/** The machine's clock, so far ahead. */
function movedClock() {
  let ahead = 0;
  return {
    clock: { ...systemClock, now: () => new Date(Date.now() + ahead) },
    ahead: () => ahead,
    advance(ms: number) {
      ahead += ms;
    },
  };
}
