import { isMap } from '../../shared/platform/input/is-map';
import type { Command } from 'commander';
import type { CommandLine } from '../command-line';
import { document } from './document';
import { type OutputFormat, outputFormat } from './output-format';
import { type Listing, printList, tableOf } from './print';

/** How a list is shown. */
export interface ListFlags {
  output?: OutputFormat | 'wide';
  watch?: boolean;
}

/** One thing that was asked for by its name, or all there are. */
type Listed<T> = { one: T } | { items: T[]; unreadable?: { name: string; reason: string }[] };

/** Milliseconds between two looks. */
const watchEvery = 2_000;

/** Adds `-o` and `-w`, as kubectl has them. */
export function withListFlags(command: Command): Command {
  return command
    .option('-o, --output <format>', "json, yaml, wide, name or jsonpath='{…}'", (value: string) =>
      value === 'wide' ? value : outputFormat(value, 'wide'),
    )
    .option('-w, --watch', 'go on, and print what changes; Ctrl-C ends it');
}

/** Prints a list, or one as it is with `-o`; with `--watch` looks again and again and prints what is new or another, until the signal. */
export async function showList<T>(
  line: CommandLine,
  listing: Listing<T>,
  { output, watch }: ListFlags,
  list: () => Promise<Listed<T>>,
  signal?: AbortSignal,
): Promise<void> {
  const shape = output === 'wide' ? wide(listing) : listing;
  const format = output === 'wide' ? undefined : output;
  const first = await list();
  if ('one' in first && format && !watch) {
    line.screen.out(await document(first.one, format));
    return;
  }
  const { items: listed, unreadable } = itemsOf(first);
  await printList(line, shape, listed, { output: format, unreadable });
  if (!watch) return;
  let known = new Set(listed.map(textOf));
  while (!signal?.aborted) {
    await line.clock.sleep(watchEvery);
    const { items } = itemsOf(await list());
    const changed = items.filter((item) => !known.has(textOf(item)));
    known = new Set(items.map(textOf));
    if (changed.length === 0) continue;
    if (format) await printList(line, shape, changed, { output: format });
    else line.screen.out((await tableOf(shape, changed)).split('\n').slice(1).join('\n'));
  }
}

/** The same for the same fields in any order: what was read of a backup and what was noted of it differ in theirs. */
function textOf(item: unknown): string {
  return JSON.stringify(item, (_, value: unknown) =>
    isMap(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
}

function itemsOf<T>(listed: Listed<T>): Exclude<Listed<T>, { one: T }> {
  return 'one' in listed ? { items: [listed.one] } : listed;
}

/** More columns: those of the listing, or labels. */
function wide<T>(listing: Listing<T>): Listing<T> {
  const more = listing.wide ?? {
    headings: listing.headings.includes('labels') ? [] : ['labels'],
    row: (item: T) => (listing.headings.includes('labels') ? [] : [labelsOf(item)]),
  };
  return {
    ...listing,
    headings: [...listing.headings, ...more.headings],
    row: (item) => [...listing.row(item), ...more.row(item)],
  };
}

/** The labels of a manifest, or of what a list shows of it: `a=b,c=d`. */
export function labelsOf(item: unknown): string {
  const { metadata, labels = metadata?.labels } = (item ?? {}) as {
    metadata?: { labels?: Record<string, string> };
    labels?: Record<string, string>;
  };
  return Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
