import type { CommandLine } from '../command-line';
import { document, type OutputFormat } from './document';
import { table } from './table';

/** How a list of one kind is shown. */
export interface Listing<T> {
  /** Plural, for an empty list: `vaults`. */
  what: string;
  headings: readonly string[];
  row(item: T): string[];
  /** What `-o wide` adds; without it labels. */
  wide?: { headings: readonly string[]; row(item: T): string[] };
}

/** Prints a list: a table, or a manifest list with `-o`; what could not be read is named on stderr. */
export function printList<T>(
  { screen }: CommandLine,
  listing: Listing<T>,
  items: readonly T[],
  options: { output?: OutputFormat; unreadable?: readonly { name: string; reason: string }[] } = {},
): void {
  for (const { name, reason } of options.unreadable ?? []) screen.note(`${name} cannot be read: ${reason}`);
  if (options.output) screen.out(document({ items }, options.output));
  else if (items.length === 0) screen.note(`No ${listing.what} yet.`);
  else screen.out(table(listing.headings, items.map(listing.row)));
}
