import type { ScheduleToAdd } from '../../shared/app/schedules/add-schedule';
import { wallTime, type Zone } from './wall-time';

const minute = 60_000;
const at = (text: string) => Date.parse(text);

/** The month starts two days before New York's clocks go forward, and ends after Sydney's have gone back. */
export const monthStart = at('2027-03-08T09:58:00Z');
export const monthEnd = at('2027-04-07T09:58:00Z');

/** A schedule, and what it says in words of its own: worked out by hand, not by the code under test. */
export interface Planned {
  name: string;
  spec: ScheduleToAdd['spec'];
  zone: Zone;
  /** True for the minutes that it names. */
  names(time: number): boolean;
  /** Whether its windows let a backup start. */
  open(time: number): boolean;
  /** How much later than its slots it is due. */
  jitter: number;
}

type Words = Omit<Planned, 'name' | 'spec' | 'zone' | 'open' | 'jitter'> &
  Partial<Pick<Planned, 'open' | 'jitter'>>;

function planned(
  name: string,
  zone: Zone,
  spec: Omit<ScheduleToAdd['spec'], 'vault' | 'template' | 'timeZone'> & { ttl?: string },
  words: Words,
): Planned {
  const { ttl, ...rest } = spec;
  const template = { includedNamespaces: ['shop'], ...(ttl !== undefined && { ttl }) };
  return {
    name,
    zone,
    spec: { ...rest, timeZone: zone, vault: 'main', template },
    open: () => true,
    jitter: 0,
    ...words,
  };
}

/** By the wall: at these minutes of these hours; no hours are every hour. */
function onWall(zone: Zone, minutes: readonly number[], hours?: readonly number[], weekday?: number) {
  return (time: number) => {
    const wall = wallTime(zone, time);
    return (
      minutes.includes(wall.getUTCMinutes()) &&
      (hours === undefined || hours.includes(wall.getUTCHours())) &&
      (weekday === undefined || wall.getUTCDay() === weekday)
    );
  };
}

const every = (length: number) => (time: number) => time > monthStart && (time - monthStart) % length === 0;
const berlin = onWall('Europe/Berlin', [30], [2]);
const sydney = onWall('Australia/Sydney', [30], [2]);

/** By the wall of Shanghai: Monday to Friday from 08:00 to 18:00, but for the 22nd and 23rd of March. */
function officeHours(time: number): boolean {
  const wall = wallTime('Asia/Shanghai', time);
  const [day, hour, date] = [wall.getUTCDay(), wall.getUTCHours(), wall.toISOString().slice(0, 10)];
  if (date === '2027-03-22' || date === '2027-03-23') return false;
  return day >= 1 && day <= 5 && hour >= 8 && hour < 18;
}

export const plannedSchedules: readonly Planned[] = [
  planned(
    'nightly',
    'Europe/Berlin',
    { schedule: '30 2 * * *', clusters: ['a'], retention: { keepLast: 3, keepWeekly: 2 }, ttl: '24h' },
    // 28 March has no 02:30 in Berlin: its slot is at 03:30 there.
    { names: (time) => time === at('2027-03-28T01:30:00Z') || berlin(time) },
  ),
  planned(
    'southern',
    'Australia/Sydney',
    { schedule: '30 2 * * *', clusters: ['b'], retention: { keepDaily: 5 }, ttl: '12h' },
    // 4 April has two 02:30 in Sydney: the first is the slot.
    { names: (time) => time !== at('2027-04-03T16:30:00Z') && sydney(time) },
  ),
  planned(
    'hourly',
    'America/New_York',
    {
      schedule: '0 * * * *',
      clusters: ['b'],
      missedRun: 'skip',
      retention: { keepHourly: 6, keepDaily: 3 },
      ttl: '2h',
    },
    { names: onWall('America/New_York', [0]) },
  ),
  planned(
    'interval',
    'UTC',
    { schedule: '6h30m', clusters: ['a'], retention: { keepWithin: '2d', keepFailed: 2 }, ttl: '6h' },
    { names: every(390 * minute) },
  ),
  planned(
    'office',
    'Asia/Shanghai',
    {
      schedule: '*/20 * * * *',
      clusters: ['c'],
      concurrency: 'allow',
      windows: { allowed: ['Mon-Fri 08:00-18:00'], blackout: ['2027-03-22/2027-03-23'] },
      retention: { keepLast: 10 },
      ttl: '1h',
    },
    { names: onWall('Asia/Shanghai', [0, 20, 40]), open: officeHours },
  ),
  planned(
    'three',
    'UTC',
    {
      schedule: '15 */4 * * *',
      clusters: ['a', 'b', 'c'],
      jitter: '20m',
      retention: { keepMonthly: 2, keepYearly: 1 },
      ttl: '24h',
    },
    {
      names: onWall('UTC', [15], [0, 4, 8, 12, 16, 20]),
      // SHA-256 of `three` begins with 8b5b9db0: that part of the 1201 seconds from 0 to 1200, rounded down.
      jitter: 653_000,
    },
  ),
  planned(
    'fleet',
    'UTC',
    {
      schedule: '45 3,15 * * *',
      clusterSelector: { matchLabels: { env: 'live' } },
      missedRun: 'skip',
      retention: { keepDaily: 4 },
      ttl: '24h',
    },
    { names: onWall('UTC', [45], [3, 15]) },
  ),
  planned(
    'emptied',
    'UTC',
    { schedule: '10 */2 * * *', clusters: ['d'], retention: { keepLast: 4 }, ttl: '8h' },
    { names: onWall('UTC', [10], [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22]) },
  ),
  planned(
    'ruleless',
    'UTC',
    { schedule: '@every 12h', clusters: ['d'], ttl: '48h' },
    { names: every(720 * minute) },
  ),
  planned(
    'weekly',
    'Europe/Berlin',
    { schedule: '0 4 * * 1', clusters: ['a'], missedRun: 'skip' },
    { names: onWall('Europe/Berlin', [0], [4], 1) },
  ),
  planned(
    'slow',
    'UTC',
    {
      schedule: '*/30 * * * *',
      clusters: ['d'],
      missedRun: 'skip',
      retention: { keepLast: 2, keepFailed: 1 },
      ttl: '1h',
    },
    { names: onWall('UTC', [0, 30]) },
  ),
];
