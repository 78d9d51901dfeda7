import { type Command, Option } from 'commander';
import { LifeboatError } from '../../shared/platform/errors';
import type { ObjectOutcome, Outcome } from '../../shared/operations/restore/report/outcome';
import { commaSeparated } from './lists';
import { wholeNumber } from './whole-number';

/** Which objects of a restore are printed. */
export interface OutcomePage {
  outcome?: string[];
  from?: number;
  limit?: number;
}

const outcomes: Record<Outcome, true> = {
  created: true,
  updated: true,
  recreated: true,
  same: true,
  different: true,
  skipped: true,
  drifted: true,
  deleted: true,
  failed: true,
};

/** Adds the flags by which a restore of many objects is read in pages. */
export function withOutcomePage(command: Command): Command {
  return command
    .addOption(new Option('--outcome <names>', 'of the objects only these').argParser(commaSeparated))
    .addOption(new Option('--from <n>', 'the first object of a page; default 1').argParser(wholeNumber))
    .addOption(new Option('--limit <n>', 'objects of a page; default all').argParser(wholeNumber));
}

/**
 * Checks the flags before anything is read.
 * @param output what -o says
 * @throws LifeboatError `invalid` for an outcome that there is not, a number below 1, and a page of what text does not list
 */
export function checkOutcomePage(page: OutcomePage, output: string | undefined): void {
  if (!output && Object.keys(page).length > 0) {
    throw new LifeboatError('invalid', '--outcome, --from and --limit choose objects, and text lists none', {
      hint: 'add -o json or -o yaml',
    });
  }
  const unknown = page.outcome?.find((name) => !Object.hasOwn(outcomes, name));
  if (unknown !== undefined) {
    throw new LifeboatError('invalid', `--outcome ${unknown}: an object has no such outcome`, {
      hint: `use ${Object.keys(outcomes).join(', ')}`,
    });
  }
  for (const flag of ['from', 'limit'] as const) {
    const value = page[flag];
    if (value !== undefined && value < 1) {
      throw new LifeboatError('invalid', `--${flag} ${value} is below 1`, { hint: 'count from 1' });
    }
  }
}

/** The objects of a page, and of how many it is one. */
export function pageOf(
  all: readonly ObjectOutcome[],
  { outcome, from = 1, limit = all.length }: OutcomePage,
): { outcomes: ObjectOutcome[]; matching: number } {
  const matching = outcome ? all.filter((one) => outcome.includes(one.outcome)) : all;
  return { outcomes: matching.slice(from - 1, from - 1 + limit), matching: matching.length };
}
