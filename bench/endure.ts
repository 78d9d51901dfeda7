import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openRuns } from '../shared/formats/state/run/open-runs';
import { systemClock, systemRandom } from '../shared/platform/system';
import { type Account, accountFor } from './endure/account';
import { type EnduredSystem, endured, startEnduredSystem } from './endure/endured-system';
import { Mishaps } from './endure/mishaps';

/**
 * Schedules, copies, a replication and retention on a real cluster while functions and the API server are killed, requests
 * refused and clocks changed. Prints what became of it; exit code 1 when anything is lost or left over.
 * `npm run endure -- --minutes 20` (KUBEBUILDER_ASSETS names the programs of the cluster; `--log` prints those of functions).
 */
const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '20' }, log: { type: 'boolean', default: false } },
});
const say = (line: string) => process.stderr.write(`${line}\n`);
/** How long runs may stay open, and how long what is wrong may take to be put right once none is open. */
const settleWithin = { open: 60 * 60_000, closed: 5 * 60_000 };

async function endure(minutes: number): Promise<void> {
  const system = await startEnduredSystem(join(__dirname, '..'), (name, line) => {
    if (values.log) say(`${name} ${line}`);
  });
  try {
    const { installation } = system.machine;
    const mishaps = new Mishaps(system, systemRandom);
    const ends = Date.now() + minutes * 60_000;
    const timers = [
      setInterval(() => system.machine.fc.fireTimer('every-minute'), 20_000),
      setInterval(() => system.machine.fc.fireTimer('every-hour'), 60_000),
    ];
    while (Date.now() < ends) {
      await systemClock.sleep(1_000 + systemRandom.fraction() * 4_000);
      await mishaps.one();
    }
    mishaps.end();
    // A refused backup may be left to the next slot of its schedule, so each has one that nothing disturbs.
    const until = new Date(Date.now() + endured.longestInterval);
    say(`${minutes} minutes are over; one more slot of each schedule, then waiting for what is under way`);
    await systemClock.sleep(endured.longestInterval + 60_000);
    for (const name of endured.schedules)
      await installation.state.schedules.change(name, (now) => ({
        ...now,
        spec: { ...now.spec, paused: true },
      }));
    const account = await settled(system, until);
    for (const timer of timers) clearInterval(timer);
    print({ ...mishaps.counts, ...account.counts });
    for (const line of account.wrong) process.stdout.write(`WRONG: ${line}\n`);
    if (account.wrong.length > 0) process.exitCode = 1;
    else process.stdout.write('nothing is lost, and nothing is left over\n');
  } finally {
    await system.close();
  }
}

/** The account once nothing is wrong, or when the time is over. */
async function settled({ machine }: EnduredSystem, until: Date): Promise<Account> {
  const { installation } = machine;
  const began = Date.now();
  let closed: number | undefined;
  for (;;) {
    let open = 0;
    for await (const _ of openRuns(installation.state.store)) open += 1;
    closed = open > 0 ? undefined : (closed ?? Date.now());
    const over =
      Date.now() - began > settleWithin.open ||
      (closed !== undefined && Date.now() - closed > settleWithin.closed);
    if (open === 0 || over) {
      const account = await accountFor(installation, until);
      if (account.wrong.length === 0 || over) return account;
      say(`not settled: ${account.wrong.slice(0, 3).join('; ')}`);
    } else say(`${open} runs are open`);
    await systemClock.sleep(15_000);
  }
}

function print(counts: Record<string, number>): void {
  for (const [what, count] of Object.entries(counts))
    process.stdout.write(`${String(count).padStart(5)}  ${what}\n`);
}

const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error('--minutes takes a number of minutes');
endure(minutes).then(
  () => process.exit(),
  (error: unknown) => {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exit(1);
  },
);
