import type { Actor } from './actor';
import type { RunHistory } from './chronicle';
import { monthStart, type Planned, plannedSchedules } from './planned-schedules';
import type { World } from './world';

const minute = 60_000;
const onTime = 10 * minute;
const day = 24 * 60 * minute;
const forbidden = 'concurrency forbid: another was under way';

/** What people have made of a schedule; followed here by hand. */
interface Standing {
  plan: Planned;
  paused: boolean;
  /** Stretches of time that it was paused. */
  pauses: { from: number; to: number }[];
  /** No slot up to here counts. */
  since: number;
  skipped: Set<number>;
  deleted?: number;
  /** Points in time that it names. */
  slots: number[];
  /** How many of them have come due. */
  past: number;
}

/** One look at the schedules, by one instance or two at once. */
interface Look {
  at: number;
  order: number;
  due: Map<string, Due>;
}

type Due = { slot: number; rule: string } | { slot?: number; none: string };

/** Explains every backup that a schedule asked for and every slot that it did not, or finds that nothing does. */
export interface SlotLedger {
  standings: Map<string, Standing>;
  /** Before instances look. */
  begin(clusters: ReadonlySet<string>): Look;
  /** Once all of them have come to an end, or to their mishap. @param done whether one of them came to its end */
  finish(look: Look, actors: readonly Actor[], done: boolean): void;
  /** Once the month is over. */
  close(until: number): void;
  made: Map<string, number>;
  missed: Map<string, number>;
  /** Backups that were due and waited for another of their series (`concurrency: forbid`), made in the end or not. */
  heldBack: Set<string>;
  unexplained: string[];
}

export function slotLedger(world: World): SlotLedger {
  const { chronicle, clock } = world;
  const standings = new Map<string, Standing>();
  // A slot after the end is asked for as well: the next one of a schedule, of which people skip some.
  const lastSlot = world.lastEnd + 9 * day;
  for (const plan of plannedSchedules) {
    const slots: number[] = [];
    for (let at = monthStart + 1; at <= lastSlot; at += 1) {
      at = Math.ceil(at / minute) * minute;
      if (plan.names(at)) slots.push(at);
    }
    const { name } = plan;
    standings.set(name, {
      plan,
      paused: false,
      pauses: [],
      since: monthStart,
      skipped: new Set(),
      slots,
      past: 0,
    });
  }
  const made = new Map<string, number>();
  const missed = new Map<string, number>();
  const unexplained: string[] = [];
  const heldBack = new Set<string>();
  /** By backup that was not made: what the last look at its slot said. */
  const said = new Map<string, string>();
  /** Which looks the instances that stood still are of. */
  const stalled = new Map<Actor, Look>();
  const complete: number[] = [];
  /** Series that were ever looked at, with the stem of their names. */
  const series = new Map<string, { standing: Standing; cluster: string }>();
  const everSeen = new Map<string, Set<string>>();

  /** Asked for since the last look ended. */
  const fresh: string[] = [];
  /** Under way during the last look, as far as they are not known to have ended before it. */
  const open = new Set<string>();

  chronicle.onAsked = (name, run) => {
    fresh.push(name);
    open.add(name);
    const look = run.asked.by && stalled.get(run.asked.by);
    if (look) explainMade(name, run, look, 'by an instance that had stood still');
  };

  const ledger: SlotLedger = { standings, begin, finish, close, made, missed, heldBack, unexplained };
  return ledger;

  function begin(live: ReadonlySet<string>): Look {
    const at = clock.now().getTime();
    const look: Look = { at, order: chronicle.order(), due: new Map() };
    for (const standing of standings.values()) {
      if (standing.deleted !== undefined) continue;
      const due = dueOf(standing, at);
      for (const cluster of clustersOf(standing, live)) {
        const stem = stemOf(standing.plan, cluster);
        series.set(stem, { standing, cluster });
        const seen = everSeen.get(stem) ?? new Set();
        everSeen.set(stem, seen.add(String(due.slot)));
        look.due.set(stem, due);
      }
    }
    return look;
  }

  function finish(look: Look, actors: readonly Actor[], done: boolean): void {
    for (const name of fresh.splice(0)) {
      const run = chronicle.backups.get(name)!;
      const { by } = run.asked;
      if (by && actors.includes(by)) explainMade(name, run, look, undefined);
      else if (!by) count(made, 'on demand, by a person');
      else if (!stalled.has(by)) unexplained.push(`${name} was asked for by ${by.name}`);
    }
    for (const each of actors) if (each.state === 'frozen') stalled.set(each, look);
    if (!done) return;
    complete.push(look.at);
    for (const [stem, due] of look.due) {
      if (due.slot === undefined) continue;
      const name = `${stem}-${stampOf(due.slot)}`;
      if (chronicle.backups.has(name)) continue;
      // One that waited until it counted as missed was kept from its time by the one before it.
      if ('none' in due) said.set(name, heldBack.has(name) ? forbidden : due.none);
      else if (blockers(stem, name, look).length > 0) {
        heldBack.add(name);
        said.set(name, forbidden);
      } else unexplained.push(`${name} is due at ${iso(look.at)} (${due.rule}) and was not asked for`);
    }
  }

  function explainMade(name: string, run: RunHistory, look: Look, late: string | undefined): void {
    const stem = name.slice(0, -15);
    const due = look.due.get(stem);
    if (!due || 'none' in due || `${stem}-${stampOf(due.slot)}` !== name) {
      unexplained.push(
        `${name} was asked for at ${iso(run.asked.at)}, and no rule asks for it: ${JSON.stringify(due)}`,
      );
      return;
    }
    const blocked = blockers(stem, name, look).find(
      ({ ended }) => ended === undefined || ended.order > run.asked.order,
    );
    if (blocked && late === undefined) unexplained.push(`${name} was asked for while another was under way`);
    count(
      made,
      late ?? `${due.rule}${heldBack.has(name) ? ', once another had ended (concurrency forbid)' : ''}`,
    );
  }

  /** Other backups of the series that were under way for some of the time of a look. */
  function blockers(stem: string, name: string, look: Look): RunHistory[] {
    if (series.get(stem)?.standing.plan.spec.concurrency === 'allow') return [];
    const found: RunHistory[] = [];
    for (const other of open) {
      const { asked, ended } = chronicle.backups.get(other)!;
      if (ended && ended.order <= look.order) {
        open.delete(other);
        continue;
      }
      if (other !== name && other.slice(0, -15) === stem && asked.order <= look.order)
        found.push(chronicle.backups.get(other)!);
    }
    return found;
  }

  function close(until: number): void {
    for (const [stem, { standing, cluster }] of series) {
      for (const slot of standing.slots) {
        if (slot + standing.plan.jitter > until || slot <= monthStart) continue;
        const name = `${stem}-${stampOf(slot)}`;
        if (chronicle.backups.has(name)) continue;
        const why = whyMissed(standing, slot, name, cluster);
        if (why === undefined) unexplained.push(`${name} was not made, and nothing says why`);
        else count(missed, why);
      }
    }
  }

  function whyMissed(standing: Standing, slot: number, name: string, cluster: string): string | undefined {
    const { plan, deleted } = standing;
    const due = slot + plan.jitter;
    if (deleted !== undefined && due > deleted) return 'its schedule was deleted';
    if (standing.skipped.has(slot)) return 'skipped by a person';
    if (!plan.open(due)) return 'outside its windows';
    if (standing.pauses.some(({ from, to }) => due > from && slot <= to)) return 'paused';
    if (plan.spec.clusterSelector && !everSeen.get(stemOf(plan, cluster))?.has(String(slot))) {
      return complete.some((at) => at >= due && at <= due + onTime)
        ? 'its selector did not match the cluster'
        : 'missed: no tick came in time, and missedRun is skip';
    }
    const answer = said.get(name);
    if (answer !== undefined) return answer;
    const next = standing.slots.find((each) => each > slot && counts(standing, each));
    const end = Math.min(...[next === undefined ? Infinity : next + plan.jitter, deleted ?? Infinity]);
    const pause = standing.pauses.find(({ from }) => from >= due && from < end);
    const seen = complete.some((at) => at >= due && at < Math.min(end, pause?.from ?? Infinity));
    return seen ? undefined : 'missed: no tick came before a newer slot took its place';
  }
}

/** Whether a slot could have been due at some time. */
function counts({ plan, skipped, pauses }: Standing, slot: number): boolean {
  const due = slot + plan.jitter;
  return !skipped.has(slot) && plan.open(due) && !pauses.some(({ from, to }) => due > from && slot <= to);
}

function leftOut({ plan, skipped, since }: Standing, slot: number): boolean {
  return slot <= since || skipped.has(slot) || !plan.open(slot + plan.jitter);
}

/** The rules of docs/schedules.md, read as a reader would. */
function dueOf(standing: Standing, now: number): Due {
  const { plan, slots, paused } = standing;
  while (standing.past < slots.length && slots[standing.past]! + plan.jitter <= now) standing.past += 1;
  let at = standing.past - 1;
  while (at >= 0 && leftOut(standing, slots[at]!)) at -= 1;
  const slot = slots[at];
  if (paused) return { none: 'paused' };
  if (slot === undefined) return { none: 'no slot yet' };
  const late = now - slot - plan.jitter;
  if (late <= onTime) return { slot, rule: 'on time' };
  if (plan.spec.missedRun === 'skip')
    return { slot, none: 'missed: no tick came in time, and missedRun is skip' };
  if (!plan.open(now)) return { slot, none: 'missed: no window was open when a tick came' };
  return { slot, rule: 'missedRun once' };
}

function clustersOf({ plan }: Standing, live: ReadonlySet<string>): Iterable<string> {
  return plan.spec.clusterSelector ? live : (plan.spec.clusters ?? []);
}

function stemOf({ name, spec }: Planned, cluster: string): string {
  return spec.clusters?.length === 1 ? name : `${name}-${cluster}`;
}

function stampOf(slot: number): string {
  return new Date(slot).toISOString().replace(/\D/g, '').slice(0, 14);
}

const iso = (at: number) => new Date(at).toISOString();

export function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}
