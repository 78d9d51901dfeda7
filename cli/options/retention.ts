import { type Command, Option } from 'commander';
import type { Retention } from '../../shared/formats/manifests/retention';
import { wholeNumber } from './whole-number';

/** The rules of `schedule create`; names as in restic's `forget`. */
export interface RetentionFlags {
  keepLast?: number;
  keepHourly?: number;
  keepDaily?: number;
  keepWeekly?: number;
  keepMonthly?: number;
  keepYearly?: number;
  keepWithin?: string;
  keepFailed?: number;
}

const counted = [
  ['last', 'keep the newest so many'],
  ['hourly', 'keep the newest of each of so many hours'],
  ['daily', 'keep the newest of each of so many days'],
  ['weekly', 'keep the newest of each of so many weeks'],
  ['monthly', 'keep the newest of each of so many months'],
  ['yearly', 'keep the newest of each of so many years'],
  ['failed', 'keep the newest so many that are not Completed'],
] as const;

const flags = [
  'keepLast',
  'keepHourly',
  'keepDaily',
  'keepWeekly',
  'keepMonthly',
  'keepYearly',
  'keepWithin',
  'keepFailed',
] as const satisfies readonly (keyof RetentionFlags)[];

/** Adds the flags of the rules to a command. */
export function withRetention(command: Command): Command {
  for (const [rule, text] of counted)
    command.addOption(new Option(`--keep-${rule} <n>`, `${text}, beyond the TTL`).argParser(wholeNumber));
  return command.option(
    '--keep-within <span>',
    'keep all within a span of the newest, such as 14d or 1y6m (m: months)',
  );
}

/** The rules that were given; undefined without any. */
export function retentionOf(given: RetentionFlags): Retention | undefined {
  const rules = flags.flatMap((flag) => (given[flag] === undefined ? [] : [[flag, given[flag]]]));
  return rules.length === 0 ? undefined : (Object.fromEntries(rules) as Retention);
}
