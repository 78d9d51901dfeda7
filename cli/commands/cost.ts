import { Command, Option } from 'commander';
import type { CostReport, ScheduleCost } from '../../shared/operations/cost/cost-report';
import type { Price } from '../../shared/operations/cost/prices';
import { LifeboatError } from '../../shared/platform/errors';
import type { CommandLine } from '../command-line';
import { type OutputFormat, outputOption } from '../output/output-format';
import { printOne } from '../output/print';
import { section } from '../output/sections';
import { size } from '../output/size';
import { table } from '../output/table';

interface CostFlags {
  currency: 'cny' | 'usd';
  prices?: string;
  days: number;
  tickSeconds: number;
  hourlySeconds: number;
  output?: OutputFormat;
}

/** `lifeboat cost`. */
export function costCommand(line: CommandLine): Command {
  return new Command('cost')
    .addOption(
      new Option('--currency <currency>', 'of the published prices').choices(['cny', 'usd']).default('cny'),
    )
    .option(
      '--prices <file>',
      'YAML or JSON with prices of your own: computeUnit, functionHour, storageGigabyteMonth,\nputRequests, getRequests (per 10,000), outboundGigabyte, currency',
    )
    .option('--days <days>', 'length of the month', positive, 30)
    .option(
      '--tick-seconds <seconds>',
      'how long a tick of the minute timer lasts; nothing measures it',
      positive,
      1,
    )
    .option(
      '--hourly-seconds <seconds>',
      'how long the hourly function lasts; nothing measures it',
      positive,
      10,
    )
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nExamples:\n  lifeboat cost\n  lifeboat cost --currency usd --prices my-prices.yaml -o json',
    )
    .action(async (flags: CostFlags) => {
      const [{ readManifestFile }, { priceTables, withOwnPrices }, { costReport }, { measureSchedules }] =
        await Promise.all([
          import('../manifest-text'),
          import('../../shared/operations/cost/prices'),
          import('../../shared/operations/cost/cost-report'),
          import('../../shared/app/schedules/measure-schedules'),
        ]);
      const published = priceTables[flags.currency];
      const today = line.clock.now().toISOString().slice(0, 10);
      const prices =
        flags.prices === undefined
          ? published
          : withOwnPrices(published, await readManifestFile(flags.prices), flags.prices, today);
      const { schedules, problems } = await measureSchedules(await line.open(), flags.days);
      for (const problem of problems) line.screen.note(problem);
      const { days, tickSeconds, hourlySeconds } = flags;
      const report = costReport({ schedules, prices, days, tickSeconds, hourlySeconds });
      await printOne(line, report, flags.output, () => costText(report));
    });
}

function costText(report: CostReport): string {
  const { currency, days, schedules, standing, minimum, total, prices, notCounted } = report;
  const rows = [
    ...schedules.map(scheduleRow),
    ...standing.map(({ name, invocations, secondsEach, compute }) => [
      `(${name})`,
      String(invocations),
      `${secondsEach}s assumed`,
      money(compute),
      '',
      '',
      money(compute),
    ]),
    ...(minimum === undefined ? [] : [['(hourly minimum)', '', '', money(minimum), '', '', money(minimum)]]),
  ];
  const headings = [
    'schedule',
    'runs',
    'run time',
    `fc ${currency}`,
    'stored',
    `oss ${currency}`,
    `total ${currency}`,
  ];
  return [
    `${days} days, ${currency}`,
    '',
    table(headings, rows),
    '',
    `Total: ${money(total)} ${currency}`,
    ...section(
      'Prices',
      Object.entries(prices as unknown as Record<string, Price | string>).flatMap(([item, price]) =>
        typeof price === 'object' ? [`${item} ${price.amount} (${price.date}, ${price.source})`] : [],
      ),
    ),
    ...section('Not counted', notCounted),
  ].join('\n');
}

function scheduleRow(cost: ScheduleCost): string[] {
  const { name, paused, runsPerMonth, measuredRuns, seconds, compute, storedBytes, storage, total } = cost;
  const oss = [storage, cost.requests, cost.outbound].filter((one) => one !== undefined);
  return [
    name,
    paused ? `0 (paused; else ${runsPerMonth})` : String(runsPerMonth),
    seconds === undefined ? 'not measured' : `${seconds.toFixed(1)}s of ${measuredRuns}`,
    money(compute),
    size(storedBytes),
    money(oss.length === 0 ? undefined : oss.reduce((sum, one) => sum + one, 0)),
    money(total),
  ];
}

function money(amount: number | undefined): string {
  return amount === undefined ? '?' : amount.toFixed(amount !== 0 && amount < 0.01 ? 5 : 2);
}

function positive(value: string): number {
  const number = Number(value);
  if (number > 0 && number <= 3_660) return number;
  const fault = number > 3_660 ? 'is more than 3660' : 'is not a number above 0';
  throw new LifeboatError('invalid', `"${value}" ${fault}`, {
    hint: 'write a number, for example 30',
  });
}
