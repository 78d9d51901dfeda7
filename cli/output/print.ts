import type { CommandLine } from '../command-line';
import { document } from './document';
import type { OutputFormat } from './output-format';

/** How a list of one kind is shown. */
export interface Listing<T> {
  /** Plural, for an empty list: `vaults`. */
  what: string;
  headings: readonly string[];
  row(item: T): string[];
  /** What `-o wide` adds; without it labels. */
  wide?: { headings: readonly string[]; row(item: T): string[] };
}

/** Prints one thing: as `-o` asks, else as a text for people. */
export async function printOne(
  { screen }: CommandLine,
  value: unknown,
  output: OutputFormat | undefined,
  text: () => string,
): Promise<void> {
  screen.out(output === undefined ? text() : await document(value, output));
}

/** Prints a list: a table, or a manifest list with `-o`; what could not be read is named on stderr. */
export async function printList<T>(
  { screen }: CommandLine,
  listing: Listing<T>,
  items: readonly T[],
  options: { output?: OutputFormat; unreadable?: readonly { name: string; reason: string }[] } = {},
): Promise<void> {
  for (const { name, reason } of options.unreadable ?? []) screen.note(`${name} cannot be read: ${reason}`);
  if (options.output) screen.out(await document({ items }, options.output));
  else if (items.length === 0) screen.note(`No ${listing.what} yet.`);
  else screen.out(await tableOf(listing, items));
}

/** The items as rows under the headings. */
export async function tableOf<T>(listing: Listing<T>, items: readonly T[]): Promise<string> {
  const { table } = await import('./table');
  return table(listing.headings, items.map(listing.row));
}
