import { usualPartBytes } from '../../platform/oss/upload-stream';
import { invocationUnits } from './compute-cost';
import { functionSizes } from './function-sizes';
import { items, type Prices } from './prices';

/** What was measured of one schedule. */
export interface MeasuredSchedule {
  name: string;
  paused: boolean;
  /** Backups that come due within the month, all clusters together; while it is paused, as if it were not. */
  runsPerMonth: number;
  /** Of the finished runs that the state still knows, start to end, seconds. */
  seconds: readonly number[];
  /** Of its backups that lie in a vault now. */
  stored: { backups: number; bytes: number };
  /** Bytes of one backup on average that go over the internet to a vault of another region; 0 within the region. */
  outboundBytesPerRun: number;
}

export interface CostWork {
  schedules: readonly MeasuredSchedule[];
  prices: Prices;
  /** Length of the month. */
  days: number;
  /** How long a tick lasts; nothing measures it. */
  tickSeconds: number;
  /** How long the hourly function lasts; nothing measures it. */
  hourlySeconds: number;
}

/** Amounts of a month; undefined where there is no price, or nothing was measured. */
export interface ScheduleCost {
  name: string;
  paused: boolean;
  runsPerMonth: number;
  measuredRuns: number;
  /** Mean. */
  seconds?: number;
  compute?: number;
  storedBytes: number;
  storage?: number;
  outboundBytes: number;
  outbound?: number;
  requests?: number;
  /** Of what has a price. */
  total?: number;
}

export interface CostReport {
  currency: string;
  days: number;
  schedules: ScheduleCost[];
  /** What runs whether anything is due or not. */
  standing: { name: string; invocations: number; secondsEach: number; compute?: number }[];
  /** What functions are charged beyond their use because an hour costs something at least. */
  minimum?: number;
  total: number;
  prices: Prices;
  /** Items without a price. */
  unpriced: string[];
  /** What the total leaves out, in words. */
  notCounted: string[];
}

const gigabyte = 2 ** 30;
/** Requests of one small backup beside those for the parts of its archive, as the embedded OSS server counted them. Lists are charged as PUTs. */
const putsPerRun = 42;
const getsPerRun = 29;

/** FC and OSS cost of a month from what was measured. A pure function of its input. */
export function costReport({ schedules, prices, days, tickSeconds, hourlySeconds }: CostWork): CostReport {
  const costs = schedules.map((schedule) => scheduleCost(schedule, prices));
  const standing = [
    standingCost('scheduled-backup', days * 24 * 60, tickSeconds, prices),
    standingCost('retention-expiry', days * 24, hourlySeconds, prices),
  ];
  const runs = costs.reduce((sum, { paused, runsPerMonth }) => sum + (paused ? 0 : runsPerMonth), 0);
  const computing = costs.reduce((sum, { paused, compute = 0 }) => sum + (paused ? 0 : compute), 0);
  const minimum = minimumCharges(prices, [
    ...standing.map(({ compute = 0 }) => ({ hours: days * 24, compute })),
    { hours: Math.min(days * 24, runs), compute: computing },
  ]);
  const total =
    costs.reduce((sum, cost) => sum + (cost.total ?? 0), 0) +
    standing.reduce((sum, { compute = 0 }) => sum + compute, 0) +
    (minimum ?? 0);
  return {
    currency: prices.currency,
    days,
    schedules: costs,
    standing,
    ...(minimum !== undefined && { minimum }),
    total,
    prices,
    unpriced: items.filter((item) => prices[item] === undefined),
    notCounted: notCounted(costs, prices),
  };
}

function scheduleCost(schedule: MeasuredSchedule, prices: Prices): ScheduleCost {
  const { name, paused, runsPerMonth, seconds, stored, outboundBytesPerRun } = schedule;
  const mean = seconds.length === 0 ? undefined : seconds.reduce((sum, one) => sum + one, 0) / seconds.length;
  const runs = paused ? 0 : runsPerMonth;
  const units = mean === undefined ? undefined : runs * invocationUnits(functionSizes.backup!, mean);
  const compute = times(units, prices.computeUnit?.amount);
  const storage = times(stored.bytes / gigabyte, prices.storageGigabyteMonth?.amount);
  const outboundBytes = runs * outboundBytesPerRun;
  const outbound = times(outboundBytes / gigabyte, prices.outboundGigabyte?.amount);
  const requests = requestCost(runs, stored, prices);
  const known = [compute, storage, outbound, requests].filter((one) => one !== undefined);
  return {
    name,
    paused,
    runsPerMonth,
    measuredRuns: seconds.length,
    ...(mean !== undefined && { seconds: mean }),
    ...(compute !== undefined && { compute }),
    storedBytes: stored.bytes,
    ...(storage !== undefined && { storage }),
    outboundBytes,
    ...(outbound !== undefined && { outbound }),
    ...(requests !== undefined && { requests }),
    ...(known.length > 0 && { total: known.reduce((sum, one) => sum + one, 0) }),
  };
}

function requestCost(
  runs: number,
  { backups, bytes }: MeasuredSchedule['stored'],
  prices: Prices,
): number | undefined {
  const { putRequests, getRequests } = prices;
  if (!putRequests || !getRequests) return undefined;
  const parts = backups === 0 ? 1 : Math.ceil(bytes / backups / usualPartBytes);
  return (runs * ((putsPerRun + parts) * putRequests.amount + getsPerRun * getRequests.amount)) / 10_000;
}

function standingCost(name: string, invocations: number, secondsEach: number, prices: Prices) {
  const size = functionSizes[name]!;
  // Between two ticks an instance does not stay for longer than until the next.
  const delay = name === 'scheduled-backup' ? Math.max(0, 60 - secondsEach) : undefined;
  const compute = times(invocations * invocationUnits(size, secondsEach, delay), prices.computeUnit?.amount);
  return { name, invocations, secondsEach, ...(compute !== undefined && { compute }) };
}

/** The use is taken to be spread evenly over the hours. */
function minimumCharges(
  { functionHour }: Prices,
  functions: readonly { hours: number; compute: number }[],
): number | undefined {
  if (!functionHour) return undefined;
  return functions.reduce(
    (sum, { hours, compute }) => sum + Math.max(0, hours * functionHour.amount - compute),
    0,
  );
}

function notCounted(costs: readonly ScheduleCost[], prices: Prices): string[] {
  const unmeasured = costs
    .filter(({ seconds, paused }) => seconds === undefined && !paused)
    .map(({ name }) => name);
  const missing = items.filter((item) => prices[item] === undefined);
  return [
    ...(unmeasured.length > 0
      ? [`compute of schedules without a finished run: ${unmeasured.join(', ')}`]
      : []),
    ...(missing.length > 0
      ? [`what has no published price here (set it with --prices): ${missing.join(', ')}`]
      : []),
    'restores, replications, the HTTP API, and backups on demand',
    'logs (SLS), NAT gateway and VPC, KMS, and what the cluster’s side charges',
    'requests of ticks and retention to the state; copies in a second vault',
    'free quotas, resource plans, discounts and taxes; tiers beyond the first',
  ];
}

function times(count: number | undefined, price: number | undefined): number | undefined {
  return count === undefined || price === undefined ? undefined : count * price;
}
