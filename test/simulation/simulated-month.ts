import { type HourlyOutcome, hourly } from '../../shared/app/ticks/hourly';
import { type TickOutcome, tick } from '../../shared/app/ticks/tick';
import { Actor, type Mishap, actAs } from './actor';
import { chance as chanceOf } from './chance';
import type { Chronicle } from './chronicle';
import { type DeletionLedger, deletionLedger } from './deletion-ledger';
import { type People, people } from './people';
import { monthEnd, monthStart } from './planned-schedules';
import { type SlotLedger, slotLedger } from './slot-ledger';
import { employWorkers, type WorkerCounts } from './workers';
import { aWorld } from './world';

const minute = 60_000;
const hour = 60 * minute;
/** Every fifth tick of the timer is played: a slot that one of them comes to is still on time. */
const step = 5 * minute;

interface MonthCounts {
  ticks: number;
  /** How often more than one instance ticked at once. */
  twice: number;
  ticksKilled: number;
  ticksFrozen: number;
  outages: number;
  minutesWithout: number;
  hintsLost: number;
  passes: number;
  passesKilled: number;
  /** Slots that waited for the backup before them. */
  heldBack: number;
}

export interface Month {
  counts: MonthCounts;
  workers: WorkerCounts;
  people: People;
  slots: SlotLedger;
  deletions: DeletionLedger;
  chronicle: Chronicle;
  /** Keys under `open/` at the end. */
  open: string[];
  unexplained: string[];
}

/** A month, and half a day after it in which nothing goes wrong any more and all that is open ends. */
export async function simulateMonth(seed: number, end = monthEnd): Promise<Month> {
  // Numbers of their own, so that the same seed has the same outages, mishaps of ticks and passes however the work in the world
  // is interleaved: on a busy machine that is not always the same.
  const chance = chanceOf(seed);
  const world = await aWorld(chanceOf(seed + 1_000), end + 6 * hour);
  const { clock, chronicle, stateBucket } = world;
  const workers = employWorkers(world);
  const slots = slotLedger(world);
  const deletions = deletionLedger(world);
  const folk = people(world, slots, deletions);
  const unexplained: string[] = [];
  const counts: MonthCounts = {
    ticks: 0,
    twice: 0,
    ticksKilled: 0,
    ticksFrozen: 0,
    outages: 0,
    minutesWithout: 0,
    hintsLost: 0,
    passes: 0,
    passesKilled: 0,
    heldBack: 0,
  };
  let outageUntil = 0;

  for (let time = monthStart + step; time <= end; time += step) {
    await clock.advance(time + chance.between(0, 20) * 1_000 - clock.now().getTime());
    await folk.act();
    if (time >= outageUntil && chance.of(5 / 2_500)) {
      outageUntil = time + chance.pick([5, 12, 40, 3 * 60, 9 * 60, 50 * 60]) * minute;
      counts.outages += 1;
    }
    if (time < outageUntil) {
      counts.minutesWithout += step / minute;
      continue;
    }
    if (chance.of(5 / 1_000)) loseHints();
    await minuteOfWork(time);
  }
  world.chaos = false;
  for (let time = end + 5 * minute; time <= end + 12 * hour; time += 5 * minute) {
    await clock.advance(time - clock.now().getTime());
    await minuteOfWork(time);
  }
  const until = clock.now().getTime();
  // What was asked for last has an hour to end.
  await clock.advance(hour);
  await retain();
  slots.close(until);
  counts.heldBack = slots.heldBack.size;
  deletions.close();
  unexplained.push(...slots.unexplained, ...deletions.unexplained, ...endings(chronicle));
  const open = [...stateBucket.objects.under('state/open/')];
  return { counts, workers, people: folk, slots, deletions, chronicle, open, unexplained };

  async function minuteOfWork(time: number): Promise<void> {
    const due = (time - monthStart) % hour === 10 * minute;
    if (!due) return look();
    if (!chance.of(0.3)) {
      await look();
      return retain();
    }
    await Promise.all([look(), retain()]);
  }

  async function look(): Promise<void> {
    const instances = world.chaos && chance.of(0.05) ? chance.between(2, 3) : 1;
    const actors = Array.from({ length: instances }, () => {
      counts.ticks += 1;
      return new Actor(`tick ${counts.ticks}`, clock, mishapOfTick());
    });
    if (instances > 1) counts.twice += 1;
    const look = slots.begin(folk.live);
    const outcomes = await Promise.all(
      actors.map((who) => Promise.race([actAs(who, () => tick(world.open(who.name))), who.stopped])),
    );
    await settled();
    slots.finish(
      look,
      actors,
      outcomes.some((outcome) => outcome !== 'stopped'),
    );
    for (const each of actors) {
      if (each.dead) counts.ticksKilled += 1;
      if (each.state === 'frozen') counts.ticksFrozen += 1;
    }
    for (const outcome of outcomes) if (outcome !== 'stopped') unexplained.push(...faultsOf(outcome));
  }

  function mishapOfTick(): Mishap | undefined {
    if (!world.chaos) return undefined;
    if (chance.of(0.02)) return { atRequest: chance.between(1, 30) };
    if (!chance.of(0.03)) return undefined;
    return { atRequest: 0, key: /\/request\.json$/, standsStill: chance.between(1, 45) * minute };
  }

  async function retain(): Promise<void> {
    const instances = world.chaos && chance.of(0.1) ? 2 : 1;
    const actors = Array.from({ length: instances }, () => {
      counts.passes += 1;
      const mishap = world.chaos && chance.of(0.05) ? { atRequest: chance.between(1, 60) } : undefined;
      return new Actor(`pass ${counts.passes}`, clock, mishap);
    });
    const before = deletions.begin();
    const outcomes = await Promise.all(
      actors.map((who) => Promise.race([actAs(who, () => hourly(world.open(who.name))), who.stopped])),
    );
    await settled();
    for (const outcome of outcomes) if (outcome !== 'stopped') unexplained.push(...vanishedOf(outcome));
    counts.passesKilled += actors.filter(({ dead }) => dead).length;
    deletions.finish(
      before,
      outcomes.some((outcome) => outcome !== 'stopped'),
    );
  }

  function loseHints(): void {
    counts.hintsLost += 1;
    for (const key of [...stateBucket.objects.under('state/hints/')]) stateBucket.objects.delete(key);
  }
}

/** What a tick could not do, but for workers that FC did not take: the next tick starts those. */
function faultsOf(outcome: TickOutcome): string[] {
  return Object.entries(outcome).flatMap(([part, { failed }]: [string, { failed: string | object[] }]) => {
    const faults = typeof failed === 'string' ? [failed] : failed.map((each) => JSON.stringify(each));
    return faults
      .filter((fault) => !fault.includes('FC does not answer'))
      .map((fault) => `a tick failed: ${part} ${fault}`);
  });
}

/** What is wrong with how backups ended. */
function endings({ backups, committed, visible, hidden }: Chronicle): string[] {
  const wrong: string[] = [];
  for (const [name, { ended }] of backups) {
    const content = committed.get(name);
    const shown = visible.has(name) || hidden.has(name);
    if (!ended) wrong.push(`${name} never ended`);
    else if (ended.phase !== (content?.phase ?? 'Failed')) wrong.push(`${name} ended as ${ended.phase}`);
    else if (shown !== (content !== undefined))
      wrong.push(`${name} is ${ended.phase}, and not as its commit says`);
    else if (ended.phase === 'Failed' && !ended.reason) wrong.push(`${name} failed without a reason`);
  }
  return wrong;
}

/** Lets what was on its way when an instance stopped come to rest. */
async function settled(): Promise<void> {
  for (let n = 0; n < 5; n += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Nothing but rules and people who decide it takes a backup here. */
function vanishedOf({ vaults }: HourlyOutcome): string[] {
  return Object.values(vaults).flatMap((vault) =>
    'vanished' in vault ? vault.vanished.map((name) => `${name} was told of as vanished`) : [],
  );
}
