import Table from 'cli-table3';

const noLines = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '   ',
};

/** cli-table3 takes time by the square of the rows of a table, so a long one is drawn in pieces. */
const rowsPerPiece = 200;

/** Rows under upper-case headings, as kubectl prints them; ends without a newline. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = headings.map((heading) => heading.toUpperCase());
  const pieces: (readonly string[])[][] = [[]];
  for (const row of rows) {
    if (pieces.at(-1)!.length === rowsPerPiece) pieces.push([]);
    pieces.at(-1)!.push(row);
  }
  let drawn = pieces.map((piece) => draw(piece, { head }));
  if (drawn.length > 1) {
    const widths = head.map((_, column) => Math.max(...drawn.map(({ colWidths }) => colWidths[column] ?? 0)));
    drawn = pieces.map((piece, n) => draw(piece, { head: n === 0 ? head : [], colWidths: widths }));
  }
  return drawn.map(({ text }) => text).join('\n');
}

/** @param options.colWidths of the columns; those that the rows need without it */
function draw(
  rows: readonly (readonly string[])[],
  options: { head: string[]; colWidths?: number[] },
): { text: string; colWidths: (number | null)[] } {
  const drawn = new Table({
    ...options,
    colWidths: [...(options.colWidths ?? [])],
    chars: noLines,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  drawn.push(...rows.map((row) => row.map((cell) => (cell === '' ? '-' : cell))));
  const lines = drawn.toString().split('\n');
  return { text: lines.map((line) => line.trimEnd()).join('\n'), colWidths: drawn.options.colWidths };
}
