import pLimit from 'p-limit';
import { tick } from '../../shared/app/ticks/tick';
import { openRuns } from '../../shared/formats/state/run/open-runs';
import { finishRun } from '../../shared/formats/state/run/results';
import type { Measurement } from './measurement';
import type { MeasuredInstallation } from './measured-installation';

const group = 'tick, by schedules';
const minute = 60_000;
const day = 86_400_000;
/** Ticks after which a backup that is due and was not requested is a fault of the measurement. */
const patience = 120;

/** Ticks with daily schedules, each of a cluster of its own: idle, when all are due at once, and after three days without ticks. */
export async function measureTicks(
  { installation, inMemory, advance, setTime, measure }: MeasuredInstallation,
  size: number,
  say: (line: string) => void,
): Promise<Measurement[]> {
  const { store } = installation.state;
  const limit = pLimit(24);
  const sideBySide = <T>(items: readonly T[], work: (item: T) => Promise<unknown>) =>
    Promise.all(items.map((item) => limit(() => work(item))));
  const found: Measurement[] = [];

  await setTime('2026-11-22T10:00:00Z');
  await sideBySide([...Array(size).keys()], (n) =>
    store.put(`schedules/s${n}.json`, Buffer.from(JSON.stringify(daily(n)))),
  );
  // The first tick reads each schedule, and keeps what it read.
  await tickOnce();
  found.push({ group, what: 'idle', size, inMemory, ...(await measure(tickOnce)) });
  await advance(10 * minute);
  await allRequested('all due');
  await finishAll();
  await tickOnce();
  await advance(3 * day);
  await allRequested('late: three days without ticks');
  await finishAll();
  return found;

  /** How many backups it requested. Throws where a part of it failed: then it is not known what it costs. */
  async function tickOnce(): Promise<number> {
    const { due, open, told } = await tick(installation);
    for (const part of [due, open, told])
      if ('failed' in part && part.failed.length > 0) throw new Error(JSON.stringify(part.failed));
    return 'requested' in due ? due.requested.length : 0;
  }

  /** Ticks, a minute apart, until each schedule has its backup requested. */
  async function allRequested(what: string): Promise<void> {
    let [requested, ticks] = [0, 0];
    const cost = await measure(async () => {
      for (; requested < size; ticks += 1) {
        if (ticks === patience) throw new Error(`${requested} of ${size} schedules had a backup requested`);
        if (ticks > 0) await advance(minute);
        requested += await tickOnce();
      }
    });
    say(`${size} schedules, ${what}: ${cost.requests} requests in ${ticks} ticks`);
    found.push({ group, what: ticks === 1 ? what : `${what}, in ${ticks} ticks`, size, inMemory, ...cost });
  }

  async function finishAll(): Promise<void> {
    const open = [];
    for await (const run of openRuns(store, 'backups')) open.push(run);
    const at = installation.clock.now().toISOString();
    await sideBySide(open, (run) =>
      finishRun(store, run, {
        kind: 'RunResult',
        phase: 'Completed',
        startTimestamp: at,
        completionTimestamp: at,
        errors: 0,
        warnings: 0,
        counts: { items: 100 },
        attempts: 1,
      }),
    );
  }
}

function daily(n: number) {
  return {
    kind: 'Schedule',
    metadata: { name: `s${n}` },
    spec: {
      schedule: '5 10 * * *',
      clusters: [`c${n}`],
      vault: 'main',
      startAt: '2026-11-22T10:00:00Z',
      includeClusterInNames: false,
      template: { includedNamespaces: ['shop'] },
    },
  };
}
